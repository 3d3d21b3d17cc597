"""GET /api/auth/sessions - list the sessions.

Returns the 100 newest sessions.
"""

from lambdo.base.problems import UserNotFound
from lambdo.sessions.models import SessionList
from lambdo.sessions.service import list_sessions
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint(query={}, returns=SessionList, problems=(UserNotFound,))
def handler(request: Request) -> Response:
    """Return 200 and the sessions, newest first; `current` marks the current one."""
    request.query(())
    return Response(200, {"items": list_sessions(request.user_id, request.session_id)})
