"""GET /api/{user_id}/tags - list all tags."""

from lambdo.tags import store as tags
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and `items`, oldest first; a user has at most 500."""
    request.query(())
    return Response(200, {"items": tags.query(request.user_id)})
