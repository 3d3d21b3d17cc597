"""DELETE /api/auth/sessions/{session_id} - log out a device."""

from lambdo import refresh_cookie
from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.problems import SessionNotFound
from lambdo.services.sessions import end_session


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. The session may be the current one."""
    session_id = request.item_id("session_id", SessionNotFound)
    once(request, lambda: end_session(request.user_id, session_id))
    return Response(204, cookies=refresh_cookie.cleared() if session_id == request.session_id else ())
