"""GET /api/{user_id}/tasks - a page of tasks, newest first."""

from urllib.parse import urlencode

from lambdo import cursors
from lambdo.endpoint import Request, Response, endpoint
from lambdo.models.task_query import PARAMETERS, TaskQuery
from lambdo.store import tasks


@endpoint()
def handler(request: Request) -> Response:
    """Answer 200 with `items` and `next_cursor`, the latter also as a Link (RFC 8288); null means that this is the end."""
    parameters = request.query(*PARAMETERS)
    query = TaskQuery.parse(parameters)
    scope = query.scope(request.user_id)
    after = cursors.read(query.cursor, scope) if query.cursor is not None else None
    items, last = tasks.query(request.user_id, completed=query.completed, limit=query.limit, after=after)
    if last is None:
        return Response(200, {"items": items, "next_cursor": None})
    cursor = cursors.sign(last, scope)
    target = f"{request.path}?{urlencode({**parameters, 'cursor': cursor})}"
    return Response(200, {"items": items, "next_cursor": cursor}, {"link": f'<{target}>; rel="next"'})
