"""POST /api/auth/refresh - exchange a refresh token for the next pair."""

from lambdo.accounts.requests import Refresh
from lambdo.sessions import access_tokens as tokens
from lambdo.sessions import refresh_cookie
from lambdo.sessions.session_tokens import refresh
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Answer 200 with a new pair; the token sent is spent. The next one goes the way it came: in the body, or as a cookie.

    The body must be JSON also where the cookie brings the token: no form of another site can send that.
    """
    sent = parse_json(Refresh, request.json_body()).refresh_token
    kept = refresh_cookie.find(request.cookies) if sent is None else None
    access, successor, expires_at = refresh(sent or kept or "")
    if kept is None:
        return Response(200, tokens.answer(access, successor))
    return Response(200, tokens.answer(access, None), cookies=refresh_cookie.keeping(successor, expires_at))
