"""DELETE /api/auth/me - delete the account and everything that it owns."""

import time
from contextlib import suppress

from lambdo.accounts.requests import DeleteMe
from lambdo.accounts.service import delete_account
from lambdo.base.problems import ServiceUnavailable
from lambdo.tasks.deletions import sweep_account
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match
from lambdo.web.validation import parse_json

SWEEP_SECONDS = 3  # what most accounts need many times over; functions/finish_deletions does the rest


@endpoint()
def handler(request: Request) -> Response:
    """Return 202. The email address is free, and the items of most accounts are deleted; any others follow."""
    fields = parse_json(DeleteMe, request.json_body())
    versions = if_match(request.headers)
    once(request, lambda record: delete_account(request.user_id, fields.password, versions, record), secret=True)
    end = time.monotonic() + SWEEP_SECONDS
    with suppress(ServiceUnavailable):  # the account is deleted all the same
        sweep_account(request.user_id, lambda: time.monotonic() > end)
    return Response(202)
