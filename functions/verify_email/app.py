"""POST /api/auth/email/verify - confirm the e-mail address."""

from lambdo.accounts.recovery import verify_email
from lambdo.accounts.requests import VerifyEmail
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Answer 204, also when the link is opened again."""
    verify_email(parse_json(VerifyEmail, request.json_body()).token)
    return Response(204)
