"""POST /api/{user_id}/tags - create a tag.

A user can have at most 500 tags. Names are unique, regardless of case and Unicode form.
"""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TagAlreadyExists, UserNotFound
from lambdo.tags.models import Tag
from lambdo.tags.requests import CreateTag
from lambdo.tags.service import create_tag
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json


@endpoint(body=CreateTag, returns=Tag, problems=(TagAlreadyExists, UserNotFound))
def handler(request: Request) -> Response:
    """Return 201 and the new tag, with its path in Location."""
    fields = parse_json(CreateTag, request.json_body())
    tag = once(request, lambda record: create_tag(request.user_id, fields.name, fields.color, record))
    return Response(201, tag, {"location": f"{request.path}/{tag['id']}", "etag": etag(tag)})
