"""POST /api/auth/password/reset - set a new password with the token from an email.

Sets a new password with the token from an email. The token works once, within 30 minutes. All sessions end.
"""

from lambdo.accounts.recovery import find_owner, reset_password
from lambdo.accounts.requests import ResetPassword
from lambdo.base.problems import InvalidMailToken, MailNotConfigured
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json


@endpoint(public=True, body=ResetPassword, problems=(InvalidMailToken, MailNotConfigured))
def handler(request: Request) -> Response:
    """Return 204. The password is set, the token is used up, and all sessions have ended."""
    fields = parse_json(ResetPassword, request.json_body())
    once(
        request,
        lambda record: reset_password(fields.token, fields.password, record),
        owner=lambda: find_owner(fields.token),
        secret=True,
    )
    return Response(204)
