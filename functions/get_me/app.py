"""GET /api/auth/me - get the current user."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.preconditions import etag
from lambdo.problems import UserNotFound
from lambdo.store import users


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the user, or 304."""
    user = users.get(request.user_id)
    if user is None:
        raise UserNotFound
    return Response(200, user, {"etag": etag(user)})
