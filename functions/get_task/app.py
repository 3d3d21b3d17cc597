"""GET /api/{user_id}/tasks/{task_id} - get a task."""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TaskNotFound
from lambdo.tasks import store as tasks
from lambdo.tasks.models import TaskAnswer
from lambdo.tasks.tagging import show_tasks
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint(returns=TaskAnswer)
def handler(request: Request) -> Response:
    """Return 200 and the task, or 304."""
    task = tasks.get(request.user_id, request.item_id("task_id", TaskNotFound))
    if task is None:
        raise TaskNotFound
    (answer,) = show_tasks(request.user_id, [task])
    return Response(200, answer, {"etag": etag(answer)})
