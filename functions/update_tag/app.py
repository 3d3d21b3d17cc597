"""PUT or PATCH /api/{user_id}/tags/{tag_id} - change the name or the colour of a tag.

Fields that are not sent keep their values; null clears the colour. `PUT` and `PATCH` do the same. Tasks show the
change at once.
"""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TagAlreadyExists, TagNotFound
from lambdo.tags.models import Tag
from lambdo.tags.requests import UpdateTag
from lambdo.tags.service import update_tag
from lambdo.web.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match
from lambdo.web.validation import parse_json


@endpoint(body=UpdateTag, returns=Tag, problems=(TagAlreadyExists,))
def handler(request: Request) -> Response:
    """Return 200 and the whole tag."""
    tag_id, versions = request.item_id("tag_id", TagNotFound), if_match(request.headers)
    fields = parse_json(UpdateTag, request.json_body(MERGE_PATCH))
    tag = once(request, lambda record: update_tag(request.user_id, tag_id, fields.sent(), versions, record))
    return Response(200, tag, {"etag": etag(tag)})
