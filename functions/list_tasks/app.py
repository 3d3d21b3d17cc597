"""GET /api/{user_id}/tasks - a page of tasks, filtered and sorted, newest first by default."""

from urllib.parse import urlencode

from lambdo.endpoint import Request, Response, endpoint
from lambdo.models.task_query import PARAMETERS, REPEATABLE, parse
from lambdo.services.tagging import show_tasks
from lambdo.services.task_lists import list_tasks


@endpoint()
def handler(request: Request) -> Response:
    """Answer 200 with `items` and `next_cursor`, the latter also as a Link (RFC 8288); null means that this is the end."""
    parameters = request.query(PARAMETERS, REPEATABLE)
    page = list_tasks(request.user_id, parse(parameters))
    body = {"items": show_tasks(request.user_id, page.tasks, page.tags), "next_cursor": page.next_cursor}
    if page.next_cursor is None:
        return Response(200, body)
    target = f"{request.path}?{urlencode({**parameters, 'cursor': page.next_cursor}, doseq=True)}"
    return Response(200, body, {"link": f'<{target}>; rel="next"'})
