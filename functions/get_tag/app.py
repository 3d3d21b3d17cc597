"""GET /api/{user_id}/tags/{tag_id} - a tag."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.preconditions import etag, is_unchanged
from lambdo.problems import TagNotFound
from lambdo.store import tags


@endpoint()
def handler(request: Request) -> Response:
    """Answer 200 with the tag, or 304."""
    tag = tags.get(request.user_id, request.item_id("tag_id", TagNotFound))
    if tag is None:
        raise TagNotFound
    headers = {"etag": etag(tag)}
    if is_unchanged(request.headers, headers["etag"]):
        return Response(304, headers=headers)
    return Response(200, tag, headers)
