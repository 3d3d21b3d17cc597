"""DELETE /api/{user_id}/tasks/{task_id} - move a task to the trash."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.preconditions import if_match
from lambdo.problems import TaskNotFound
from lambdo.services.trash import delete_task


@endpoint()
def handler(request: Request) -> Response:
    """Return 204."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    once(request, lambda: delete_task(request.user_id, task_id, versions))
    return Response(204)
