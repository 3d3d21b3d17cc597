"""DELETE /api/auth/sessions - log out all other devices, or all devices."""

from lambdo import refresh_cookie
from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.problems import InvalidFields
from lambdo.services.sessions import end_sessions


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. All sessions except the current one have ended; with `include=current` that one, too."""
    match request.query(("include",)).get("include"):
        case None:
            once(request, lambda: end_sessions(request.user_id, but=request.session_id))
            return Response(204)
        case ["current"]:
            once(request, lambda: end_sessions(request.user_id, but=None))
            return Response(204, cookies=refresh_cookie.cleared())
    raise InvalidFields(errors=[{"loc": ["query", "include"], "msg": "Should be current", "type": "query"}])
