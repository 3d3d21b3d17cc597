"""POST /api/auth/email/resend - resend the email that confirms the address.

Sends the email that confirms the address again, unless the address is confirmed.
"""

from lambdo.base.problems import MailNotConfigured, TooManyRequests
from lambdo.mails.service import request_email_verification
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once


@endpoint(problems=(TooManyRequests, MailNotConfigured))
def handler(request: Request) -> Response:
    """Return 202. The email is on its way, unless the address is already confirmed."""
    once(request, lambda record: request_email_verification(request.user_id, record))
    return Response(202)
