"""POST /api/{user_id}/tasks/trash/{task_id}/restore - restore a deleted task."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.preconditions import etag, if_match
from lambdo.problems import TaskNotFound
from lambdo.services.trash import restore_task


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the task."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    task = once(request, lambda: restore_task(request.user_id, task_id, versions))
    return Response(200, task, {"etag": etag(task)})
