"""POST /api/auth/login - log in with email address and password.

Starts a session, which lasts 30 days. The body is JSON, or the form of OAuth 2.0's password grant (`username`,
`password`). With `cookie`, the refresh token is set as a cookie that scripts cannot read, for pages on the API's own
origin.

After 5 wrong passwords for one account from one IP address, or 50 for any accounts from it, the response is 429 for
up to 15 minutes.
"""

from urllib.parse import parse_qsl

from lambdo.accounts.requests import LogIn
from lambdo.accounts.service import authenticate
from lambdo.base.problems import InvalidCredentials, TooManyRequests
from lambdo.sessions import access_tokens, refresh_cookie
from lambdo.sessions.models import LoggedIn
from lambdo.sessions.session_tokens import derive_first_tokens, start_session
from lambdo.web.endpoint import FORM, JSON, Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_fields, parse_json


@endpoint(public=True, body=LogIn, returns=LoggedIn, problems=(InvalidCredentials, TooManyRequests))
def handler(request: Request) -> Response:
    """Return 200, the tokens and the user. The body is JSON or the form of OAuth 2.0's password grant.

    With `cookie`, the refresh token is set as a cookie and is not in the body.
    """
    fields = _form(request) if request.media_type(JSON, FORM) == FORM else parse_json(LogIn, request.raw_body)
    account = authenticate(fields.email, fields.password, request.source_ip)
    user_id, user_agent = account["user"]["id"], request.headers.get("user-agent", "")
    session = once(
        request, lambda record: start_session(account, user_agent, record), owner=lambda: user_id, secret=True
    )
    access, refresh, expires_at = derive_first_tokens(user_id, session)
    body = access_tokens.build_response(access, None if fields.cookie else refresh) | {"user": account["user"]}
    return Response(200, body, cookies=refresh_cookie.set_cookie(refresh, expires_at) if fields.cookie else ())


def _form(request: Request) -> LogIn:
    """Read `username` and `password`; other members of the form are ignored (RFC 6749 section 3.2)."""
    form = dict(parse_qsl(request.raw_body.decode(errors="replace"), keep_blank_values=True))
    names = {"username": "email", "password": "password"}
    return parse_fields(LogIn, {names[name]: value for name, value in form.items() if name in names})
