"""PATCH /api/auth/me - change the name or the time zone.

Fields that are not sent keep their values; null clears the name.
"""

from lambdo.accounts.requests import UpdateMe
from lambdo.accounts.service import update_user
from lambdo.base.entity_tags import etag
from lambdo.base.problems import UserNotFound
from lambdo.users.models import User
from lambdo.web.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match
from lambdo.web.validation import parse_json


@endpoint(body=UpdateMe, returns=User, problems=(UserNotFound,))
def handler(request: Request) -> Response:
    """Return 200 and the user."""
    fields = parse_json(UpdateMe, request.json_body(MERGE_PATCH))
    versions = if_match(request.headers)
    user = once(request, lambda record: update_user(request.user_id, fields.sent(), versions, record))
    return Response(200, user, {"etag": etag(user)})
