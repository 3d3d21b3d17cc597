"""POST /api/{user_id}/tags - create a tag."""

from lambdo.base.entity_tags import etag
from lambdo.tags.requests import CreateTag
from lambdo.tags.service import create_tag
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 201 and the tag, with its path in Location."""
    fields = parse_json(CreateTag, request.json_body())
    tag = once(request, lambda record: create_tag(request.user_id, fields.name, fields.color, record))
    return Response(201, tag, {"location": f"{request.path}/{tag['id']}", "etag": etag(tag)})
