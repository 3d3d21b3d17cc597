"""POST /api/auth/password/reset - choose a new password with the token of a mail."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.models.auth_requests import ResetPassword
from lambdo.services.recovery import reset_password
from lambdo.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Answer 204; the token is spent, and every session has ended."""
    fields = parse_json(ResetPassword, request.json_body())
    reset_password(fields.token, fields.password)
    return Response(204)
