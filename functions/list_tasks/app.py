"""GET /api/{user_id}/tasks - list tasks, filtered and sorted."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.models.task_query import PARAMETERS, REPEATABLE, parse
from lambdo.paging import paged
from lambdo.services.tagging import show_tasks
from lambdo.services.task_lists import list_tasks


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and `items` with `next_cursor`."""
    parameters = request.query(PARAMETERS, REPEATABLE)
    page = list_tasks(request.user_id, parse(parameters))
    return paged(request, parameters, show_tasks(request.user_id, page.tasks, page.tags), page.next_cursor)
