"""GET /api/{user_id}/tasks/trash - list deleted tasks, last deleted first."""

from lambdo.base.problems import InvalidCursor
from lambdo.tasks.models import TrashPage
from lambdo.tasks.trash import list_trash
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.page_query import PAGE_RULES, read_page_query, respond_with_page


@endpoint(query=PAGE_RULES, returns=TrashPage, problems=(InvalidCursor,))
def handler(request: Request) -> Response:
    """Return 200 and a page of deleted tasks, last deleted first."""
    page = read_page_query(request)
    tasks, next_cursor = list_trash(request.user_id, limit=page["limit"], cursor=page["cursor"])
    return respond_with_page(request, tasks, next_cursor)
