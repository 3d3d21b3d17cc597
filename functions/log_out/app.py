"""POST /api/auth/logout - end a session."""

from lambdo import tokens
from lambdo.endpoint import Request, Response, endpoint
from lambdo.models.auth_requests import LogOut
from lambdo.problems import Unauthenticated
from lambdo.services.sessions import log_out, log_out_by_id
from lambdo.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Answer 204, also for a refresh token that is unknown (RFC 7009).

    The route has no authorizer, because a client whose access token has expired must still get out. The session is that
    of the refresh token in the body or, without one, that of the bearer token, which is then verified here.
    """
    fields = parse_json(LogOut, request.json_body()) if request.raw_body else LogOut()
    if fields.refresh_token is not None:
        log_out(fields.refresh_token)
    else:
        log_out_by_id(*_bearer(request))
    return Response(204)


def _bearer(request: Request) -> tuple[str, str]:
    try:
        claims = tokens.verify(tokens.from_header(request.headers.get("authorization", "")))
    except tokens.InvalidTokenError as error:
        raise Unauthenticated from error
    return claims.user_id, claims.session_id
