"""DELETE /api/auth/sessions/{session_id} - log out a device.

The access token of the session works until it expires, at most 15 minutes. It cannot be renewed.
"""

from lambdo.base.problems import SessionNotFound
from lambdo.sessions import refresh_cookie
from lambdo.sessions.service import end_session
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. The session, which may be the current one, has ended."""
    session_id = request.item_id("session_id", SessionNotFound)
    once(request, lambda record: end_session(request.user_id, session_id, record))
    return Response(204, cookies=refresh_cookie.clear_cookie() if session_id == request.session_id else ())
