"""POST /api/auth/logout - log out.

Ends the session of the refresh token in the body; of the cookie, if the body is `{}`; or of the access token, if
there is no body. An unknown refresh token gets the same response (RFC 7009).
"""

from lambdo.accounts.requests import LogOut
from lambdo.base.problems import Unauthenticated
from lambdo.sessions import access_tokens, refresh_cookie
from lambdo.sessions.service import log_out, log_out_by_id
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.validation import parse_json


@endpoint(public=True, body=LogOut | None, problems=(Unauthenticated,))
def handler(request: Request) -> Response:
    """Return 204. The session has ended.

    The route has no authorizer, because a client must be able to log out after its access token has expired. The
    session is that of the refresh token in the body or, if the body is JSON without one, in the cookie; if there is
    neither, it is that of the bearer token, which is then verified here.
    """
    sent = parse_json(LogOut, request.json_body()).refresh_token if request.raw_body else None
    kept = refresh_cookie.find(request.cookies)
    token = kept if sent is None and request.raw_body else sent
    if token is not None:
        log_out(token)
    else:
        log_out_by_id(*_bearer(request))
    return Response(204, cookies=refresh_cookie.clear_cookie() if kept is not None else ())


def _bearer(request: Request) -> tuple[str, str]:
    try:
        claims = access_tokens.verify(access_tokens.from_header(request.headers.get("authorization", "")))
    except access_tokens.InvalidTokenError as error:
        raise Unauthenticated from error
    return claims.user_id, claims.session_id
