"""PATCH /api/auth/me - change the name or the time zone."""

from lambdo.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.auth_requests import UpdateMe
from lambdo.preconditions import etag, if_match
from lambdo.services.accounts import update_user
from lambdo.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the user."""
    fields = parse_json(UpdateMe, request.json_body(MERGE_PATCH))
    versions = if_match(request.headers)
    user = once(request, lambda: update_user(request.user_id, fields.sent(), versions))
    return Response(200, user, {"etag": etag(user)})
