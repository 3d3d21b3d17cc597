"""PUT or PATCH /api/{user_id}/tasks/{task_id} - change a task."""

from lambdo.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.task_requests import UpdateTask
from lambdo.preconditions import etag, if_match
from lambdo.problems import TaskNotFound
from lambdo.services.tasks import update_task
from lambdo.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the whole task."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    fields = parse_json(UpdateTask, request.json_body(MERGE_PATCH))
    task = once(request, lambda: update_task(request.user_id, task_id, fields.sent(), versions))
    return Response(200, task, {"etag": etag(task)})
