"""GET /api/{user_id}/tags - list all tags."""

from lambdo.tags import store as tags
from lambdo.tags.models import TagList
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint(query={}, returns=TagList)
def handler(request: Request) -> Response:
    """Return 200 and the tags, oldest first."""
    request.query(())
    return Response(200, {"items": tags.query(request.user_id)})
