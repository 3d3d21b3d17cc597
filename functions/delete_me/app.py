"""DELETE /api/auth/me - delete the account and everything that it owns.

Ends all sessions, frees the email address, and deletes everything that the account owns, some of it within the next
minutes. This cannot be undone, so it requires the password.
"""

import time
from contextlib import suppress

from lambdo.accounts.requests import DeleteMe
from lambdo.accounts.service import delete_account
from lambdo.base.problems import ServiceUnavailable, TooManyRequests, UserNotFound, WrongPassword
from lambdo.tasks.deletions import sweep_account
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match
from lambdo.web.validation import parse_json

SWEEP_SECONDS = 3  # far more than most accounts need; functions/finish_deletions does the rest


@endpoint(body=DeleteMe, problems=(UserNotFound, WrongPassword, TooManyRequests))
def handler(request: Request) -> Response:
    """Return 202. The account is deleted, and its email address is free; the items of large accounts follow."""
    fields = parse_json(DeleteMe, request.json_body())
    versions = if_match(request.headers)
    once(request, lambda record: delete_account(request.user_id, fields.password, versions, record), secret=True)
    end = time.monotonic() + SWEEP_SECONDS
    with suppress(ServiceUnavailable):  # the account is deleted anyway
        sweep_account(request.user_id, lambda: time.monotonic() > end)
    return Response(202)
