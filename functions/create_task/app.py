"""POST /api/{user_id}/tasks - create a task."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.task_requests import CreateTask
from lambdo.preconditions import etag
from lambdo.services.tasks import create_task
from lambdo.validation import parse_json


@endpoint()
def handler(request: Request) -> Response:
    """Return 201 and the task, with its path in Location."""
    fields = parse_json(CreateTask, request.json_body())
    task = once(request, lambda: create_task(request.user_id, **fields.model_dump()))
    return Response(201, task, {"location": f"{request.path}/{task['id']}", "etag": etag(task)})
