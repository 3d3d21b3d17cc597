"""POST /api/auth/email/verify - confirm an email address."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.models.auth_requests import VerifyEmail
from lambdo.services.recovery import verify_email
from lambdo.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Return 204, even if the link is opened again."""
    verify_email(parse_json(VerifyEmail, request.json_body()).token)
    return Response(204)
