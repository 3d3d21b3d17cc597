"""PUT or PATCH /api/{user_id}/tasks/{task_id} - change a task."""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TaskNotFound
from lambdo.tasks.requests import UpdateTask
from lambdo.tasks.service import update_task
from lambdo.web.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match
from lambdo.web.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the whole task."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    fields = parse_json(UpdateTask, request.json_body(MERGE_PATCH))
    task = once(request, lambda record: update_task(request.user_id, task_id, fields.sent(), versions, record))
    return Response(200, task, {"etag": etag(task)})
