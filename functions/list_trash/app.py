"""GET /api/{user_id}/tasks/trash - list deleted tasks, last deleted first."""

from lambdo.tasks.trash import list_trash
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.page_query import read_page_query, respond_with_page


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and `items` with `next_cursor`."""
    page = read_page_query(request)
    tasks, next_cursor = list_trash(request.user_id, limit=page["limit"], cursor=page["cursor"])
    return respond_with_page(request, tasks, next_cursor)
