"""DELETE /api/auth/sessions - log out all other devices, or all devices."""

from lambdo.base.problems import InvalidFields
from lambdo.sessions import refresh_cookie
from lambdo.sessions.service import end_sessions
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. All sessions except the current one have ended; with `include=current` that one, too."""
    match request.query(("include",)).get("include"):
        case None:
            once(request, lambda record: end_sessions(request.user_id, record, but=request.session_id))
            return Response(204)
        case ["current"]:
            once(request, lambda record: end_sessions(request.user_id, record, but=None))
            return Response(204, cookies=refresh_cookie.cleared())
    raise InvalidFields(errors=[{"loc": ["query", "include"], "msg": "Should be current", "type": "query"}])
