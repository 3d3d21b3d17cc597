"""PATCH /api/{user_id}/tasks/{task_id}/complete - complete or reopen a task.

A body sets the state; a request without a body toggles it.
"""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TaskNotFound
from lambdo.tasks.models import TaskAnswer
from lambdo.tasks.requests import CompleteTask
from lambdo.tasks.service import complete_task
from lambdo.web.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match
from lambdo.web.validation import parse_json


@endpoint(body=CompleteTask | None, returns=TaskAnswer)
def handler(request: Request) -> Response:
    """Return 200 and the task."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    completed = parse_json(CompleteTask, request.json_body(MERGE_PATCH)).completed if request.raw_body else None
    task = once(request, lambda record: complete_task(request.user_id, task_id, completed, versions, record))
    return Response(200, task, {"etag": etag(task)})
