"""DELETE /api/{user_id}/tasks/{task_id}/tags/{tag_id} - remove a tag from a task."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.preconditions import if_match
from lambdo.problems import TagNotFound, TaskNotFound
from lambdo.services.tasks import unlink_tag


@endpoint()
def handler(request: Request) -> Response:
    """Return 204, even if the task did not have the tag."""
    task_id, tag_id = request.item_id("task_id", TaskNotFound), request.item_id("tag_id", TagNotFound)
    versions = if_match(request.headers)
    once(request, lambda: unlink_tag(request.user_id, task_id, tag_id, versions))
    return Response(204)
