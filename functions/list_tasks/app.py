"""GET /api/{user_id}/tasks - list tasks, filtered and sorted."""

from lambdo.tasks import query
from lambdo.tasks.lists import list_tasks
from lambdo.tasks.tagging import show_tasks
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.page_query import read_page_query, respond_with_page


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and `items` with `next_cursor`."""
    values = read_page_query(request, query.RULES, repeatable=query.REPEATABLE)
    page = list_tasks(request.user_id, query.from_values(values))
    return respond_with_page(request, show_tasks(request.user_id, page.tasks, page.tags), page.next_cursor)
