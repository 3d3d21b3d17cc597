"""PATCH /api/{user_id}/tasks/{task_id}/complete - complete or reopen a task."""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TaskNotFound
from lambdo.tasks.requests import CompleteTask
from lambdo.tasks.service import complete_task
from lambdo.web.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match
from lambdo.web.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the task. A body sets the state; a request without a body toggles it."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    completed = _wanted(request)
    task = once(request, lambda record: complete_task(request.user_id, task_id, completed, versions, record))
    return Response(200, task, {"etag": etag(task)})


def _wanted(request: Request) -> bool | None:
    return parse_json(CompleteTask, request.json_body(MERGE_PATCH)).completed if request.raw_body else None
