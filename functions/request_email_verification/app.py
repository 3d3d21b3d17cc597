"""POST /api/auth/email/resend - have the mail sent that confirms the e-mail address."""

from lambdo.mails.service import request_email_verification
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once


@endpoint()
def handler(request: Request) -> Response:
    """Answer 202; an address that is confirmed already gets no mail."""
    once(request, lambda record: request_email_verification(request.user_id, record))
    return Response(202)
