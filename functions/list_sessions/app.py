"""GET /api/auth/sessions - list the sessions."""

from lambdo.sessions.service import list_sessions
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and `items`, newest first; `current` marks the current session."""
    request.query(())
    return Response(200, {"items": list_sessions(request.user_id, request.session_id)})
