"""GET /api/{user_id}/tags/{tag_id} - get a tag."""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TagNotFound
from lambdo.tags import store as tags
from lambdo.tags.models import Tag
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint(returns=Tag)
def handler(request: Request) -> Response:
    """Return 200 and the tag, or 304."""
    tag = tags.get(request.user_id, request.item_id("tag_id", TagNotFound))
    if tag is None:
        raise TagNotFound
    return Response(200, tag, {"etag": etag(tag)})
