"""DELETE /api/{user_id}/tasks/{task_id}/tags/{tag_id} - remove a tag from a task.

Succeeds even if the task does not have the tag.
"""

from lambdo.base.problems import TagNotFound, TaskNotFound
from lambdo.tasks.service import unlink_tag
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. The task does not have the tag."""
    task_id, tag_id = request.item_id("task_id", TaskNotFound), request.item_id("tag_id", TagNotFound)
    versions = if_match(request.headers)
    once(request, lambda record: unlink_tag(request.user_id, task_id, tag_id, versions, record))
    return Response(204)
