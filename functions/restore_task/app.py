"""POST /api/{user_id}/tasks/trash/{task_id}/restore - restore a deleted task.

The task returns to every list that it was in, with those of its tags that still exist.
"""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TaskNotFound
from lambdo.tasks.models import TaskAnswer
from lambdo.tasks.trash import restore_task
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match


@endpoint(returns=TaskAnswer)
def handler(request: Request) -> Response:
    """Return 200 and the task."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    task = once(request, lambda record: restore_task(request.user_id, task_id, versions, record))
    return Response(200, task, {"etag": etag(task)})
