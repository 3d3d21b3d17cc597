"""POST /api/auth/email/verify - confirm an email address.

Confirms the email address with the token from an email. The token is valid for 24 hours.
"""

from lambdo.accounts.recovery import verify_email
from lambdo.accounts.requests import VerifyEmail
from lambdo.base.problems import InvalidMailToken, MailNotConfigured
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.validation import parse_json


@endpoint(public=True, body=VerifyEmail, problems=(InvalidMailToken, MailNotConfigured))
def handler(request: Request) -> Response:
    """Return 204. The address is confirmed, even if the link is opened again."""
    verify_email(parse_json(VerifyEmail, request.json_body()).token)
    return Response(204)
