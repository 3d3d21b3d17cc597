"""GET /api/auth/me - get the current user."""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import UserNotFound
from lambdo.users import store as users
from lambdo.users.models import User
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint(returns=User, problems=(UserNotFound,))
def handler(request: Request) -> Response:
    """Return 200 and the user, or 304."""
    user = users.get(request.user_id)
    if user is None:
        raise UserNotFound
    return Response(200, user, {"etag": etag(user)})
