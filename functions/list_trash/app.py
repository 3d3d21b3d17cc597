"""GET /api/{user_id}/tasks/trash - list deleted tasks, last deleted first."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.models.page_query import PARAMETERS, parse
from lambdo.paging import paged
from lambdo.services.trash import list_trash


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and `items` with `next_cursor`."""
    parameters = request.query(PARAMETERS)
    tasks, next_cursor = list_trash(request.user_id, parse(parameters))
    return paged(request, parameters, tasks, next_cursor)
