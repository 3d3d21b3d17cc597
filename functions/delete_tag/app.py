"""DELETE /api/{user_id}/tags/{tag_id} - delete a tag, but not its tasks."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.preconditions import if_match
from lambdo.problems import TagNotFound
from lambdo.services.tags import delete_tag


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. functions/finish_deletions removes the tag from the tasks."""
    tag_id, versions = request.item_id("tag_id", TagNotFound), if_match(request.headers)
    once(request, lambda: delete_tag(request.user_id, tag_id, versions))
    return Response(204)
