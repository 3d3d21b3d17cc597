"""GET /api/auth/me - the current user."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.preconditions import etag, is_unchanged
from lambdo.services.accounts import get_user


@endpoint()
def handler(request: Request) -> Response:
    """Answer 200 with the user, or 304."""
    user = get_user(request.user_id)
    headers = {"etag": etag(user["version"])}
    if is_unchanged(request.headers, user["version"]):
        return Response(304, headers=headers)
    return Response(200, user, headers)
