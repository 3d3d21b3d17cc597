"""POST /api/auth/password/forgot - send an email with a link to choose a new password."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.auth_requests import RequestPasswordReset
from lambdo.services.mails import request_password_reset
from lambdo.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Return 202, whether or not an account has this address."""
    email = parse_json(RequestPasswordReset, request.json_body()).email
    once(request, lambda: request_password_reset(email, request.source_ip), owner=lambda: email)
    return Response(202)
