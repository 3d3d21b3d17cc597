"""DELETE /api/{user_id}/tasks/{task_id}/tags/{tag_id} - take a tag off a task."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.preconditions import if_match
from lambdo.problems import TagNotFound, TaskNotFound
from lambdo.services.tasks import unlink_tag


@endpoint()
def handler(request: Request) -> Response:
    """Answer 204, also if it did not have the tag."""
    task_id, tag_id = request.item_id("task_id", TaskNotFound), request.item_id("tag_id", TagNotFound)
    unlink_tag(request.user_id, task_id, tag_id, if_match(request.headers))
    return Response(204)
