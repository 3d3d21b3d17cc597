"""POST /api/auth/email/verify - confirm an email address."""

from lambdo.accounts.recovery import verify_email
from lambdo.accounts.requests import VerifyEmail
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Return 204, even if the link is opened again."""
    verify_email(parse_json(VerifyEmail, request.json_body()).token)
    return Response(204)
