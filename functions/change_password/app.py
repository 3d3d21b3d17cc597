"""POST /api/auth/password - change the password.

All other sessions end.
"""

from lambdo.accounts.requests import ChangePassword
from lambdo.accounts.service import change_password
from lambdo.base.problems import TooManyRequests, UserNotFound, WrongPassword
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json


@endpoint(body=ChangePassword, problems=(UserNotFound, WrongPassword, TooManyRequests))
def handler(request: Request) -> Response:
    """Return 204. The password is changed, and all sessions except the current one have ended."""
    fields = parse_json(ChangePassword, request.json_body())
    once(
        request,
        lambda record: change_password(
            request.user_id, request.session_id, fields.current_password, fields.new_password, record
        ),
        secret=True,
    )
    return Response(204)
