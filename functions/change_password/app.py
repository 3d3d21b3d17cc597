"""POST /api/auth/password - change the password."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.auth_requests import ChangePassword
from lambdo.services.accounts import change_password
from lambdo.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. All sessions except the current one have ended."""
    fields = parse_json(ChangePassword, request.json_body())
    once(
        request,
        lambda: change_password(request.user_id, request.session_id, fields.current_password, fields.new_password),
        secret=True,
    )
    return Response(204)
