"""GET /api/{user_id}/tags - list all tags."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.store import tags


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and `items`, oldest first; a user has at most 500."""
    request.query(())
    return Response(200, {"items": tags.query(request.user_id)})
