"""GET /api/{user_id}/tasks/{task_id} - get a task."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.preconditions import etag
from lambdo.problems import TaskNotFound
from lambdo.services.tagging import show_tasks
from lambdo.store import tasks


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the task, or 304."""
    task = tasks.get(request.user_id, request.item_id("task_id", TaskNotFound))
    if task is None:
        raise TaskNotFound
    (answer,) = show_tasks(request.user_id, [task])
    return Response(200, answer, {"etag": etag(answer)})
