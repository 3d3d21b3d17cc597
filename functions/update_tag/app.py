"""PUT or PATCH /api/{user_id}/tags/{tag_id} - change the name or the colour of a tag."""

from lambdo.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.tag_requests import UpdateTag
from lambdo.preconditions import etag, if_match
from lambdo.problems import TagNotFound
from lambdo.services.tags import update_tag
from lambdo.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the whole tag."""
    tag_id, versions = request.item_id("tag_id", TagNotFound), if_match(request.headers)
    fields = parse_json(UpdateTag, request.json_body(MERGE_PATCH))
    tag = once(request, lambda: update_tag(request.user_id, tag_id, fields.sent(), versions))
    return Response(200, tag, {"etag": etag(tag)})
