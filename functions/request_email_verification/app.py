"""POST /api/auth/email/resend - resend the email that confirms the address."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.services.mails import request_email_verification


@endpoint()
def handler(request: Request) -> Response:
    """Return 202. An address that is already confirmed gets no email."""
    once(request, lambda: request_email_verification(request.user_id))
    return Response(202)
