"""GET /api/{user_id}/tags/{tag_id} - get a tag."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.preconditions import etag
from lambdo.problems import TagNotFound
from lambdo.store import tags


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the tag, or 304."""
    tag = tags.get(request.user_id, request.item_id("tag_id", TagNotFound))
    if tag is None:
        raise TagNotFound
    return Response(200, tag, {"etag": etag(tag)})
