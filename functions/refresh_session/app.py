"""POST /api/auth/refresh - exchange a refresh token for new tokens.

Exchanges a refresh token for a new pair of tokens. A refresh token works once. If it is sent again within 30 seconds,
it gets the same successor, so a lost response does no harm; any later use ends the session. With the body `{}`, the
token is read from the cookie.
"""

from lambdo.accounts.requests import Refresh
from lambdo.base.problems import InvalidRefreshToken, RefreshTokenReused
from lambdo.sessions import access_tokens, refresh_cookie
from lambdo.sessions.models import Tokens
from lambdo.sessions.session_tokens import refresh
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.validation import parse_json


@endpoint(public=True, body=Refresh, returns=Tokens, problems=(InvalidRefreshToken, RefreshTokenReused))
def handler(request: Request) -> Response:
    """Return 200 and a new pair of tokens; the old token is used up. The new one comes the same way: in the body or as a cookie.

    The body must be JSON even if the token is in the cookie, because forms on other sites cannot send JSON.
    """
    sent = parse_json(Refresh, request.json_body()).refresh_token
    kept = refresh_cookie.find(request.cookies) if sent is None else None
    access, successor, expires_at = refresh(sent or kept or "")
    if kept is None:
        return Response(200, access_tokens.build_response(access, successor))
    return Response(
        200, access_tokens.build_response(access, None), cookies=refresh_cookie.set_cookie(successor, expires_at)
    )
