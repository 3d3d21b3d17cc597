"""POST /api/auth/password/reset - choose a new password with the token of a mail."""

from lambdo.accounts.recovery import owner_of, reset_password
from lambdo.accounts.requests import ResetPassword
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Answer 204; the token is spent, and every session has ended."""
    fields = parse_json(ResetPassword, request.json_body())
    once(
        request,
        lambda record: reset_password(fields.token, fields.password, record),
        owner=lambda: owner_of(fields.token),
        secret=True,
    )
    return Response(204)
