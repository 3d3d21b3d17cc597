"""POST /api/{user_id}/tags - create a tag."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.tag_requests import CreateTag
from lambdo.preconditions import etag
from lambdo.services.tags import create_tag
from lambdo.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 201 and the tag, with its path in Location."""
    fields = parse_json(CreateTag, request.json_body())
    tag = once(request, lambda: create_tag(request.user_id, fields.name, fields.color))
    return Response(201, tag, {"location": f"{request.path}/{tag['id']}", "etag": etag(tag)})
