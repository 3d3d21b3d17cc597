"""GET /api/auth/sessions - where one is logged in."""

from lambdo.sessions.service import list_sessions
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint()
def handler(request: Request) -> Response:
    """Answer 200 with `items`, newest first; `current` marks the token's own."""
    request.query(())
    return Response(200, {"items": list_sessions(request.user_id, request.session_id)})
