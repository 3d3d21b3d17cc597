"""POST /api/auth/password/forgot - send an email with a link to choose a new password.

Sends an email with a link to choose a new password, if an account has this address. The response does not reveal
whether one has.
"""

from lambdo.accounts.requests import RequestPasswordReset
from lambdo.base.problems import MailNotConfigured, TooManyRequests
from lambdo.mails.service import request_password_reset
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json


@endpoint(public=True, body=RequestPasswordReset, problems=(TooManyRequests, MailNotConfigured))
def handler(request: Request) -> Response:
    """Return 202. The response is the same whether or not an account has this address."""
    email = parse_json(RequestPasswordReset, request.json_body()).email
    once(request, lambda record: request_password_reset(email, request.source_ip, record), owner=lambda: email)
    return Response(202)
