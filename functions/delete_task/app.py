"""DELETE /api/{user_id}/tasks/{task_id} - move a task to the trash.

It can be restored for 30 days.
"""

from lambdo.base.problems import TaskNotFound
from lambdo.tasks.trash import delete_task
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. The task is in the trash."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    once(request, lambda record: delete_task(request.user_id, task_id, versions, record))
    return Response(204)
