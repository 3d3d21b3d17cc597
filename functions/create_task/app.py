"""POST /api/{user_id}/tasks - create a task."""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TagNotFound
from lambdo.tasks.models import TaskAnswer
from lambdo.tasks.requests import CreateTask
from lambdo.tasks.service import create_task
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json


@endpoint(body=CreateTask, returns=TaskAnswer, problems=(TagNotFound,))
def handler(request: Request) -> Response:
    """Return 201 and the new task, with its path in Location."""
    fields = parse_json(CreateTask, request.json_body())
    task = once(request, lambda record: create_task(request.user_id, fields.model_dump(), record))
    return Response(201, task, {"location": f"{request.path}/{task['id']}", "etag": etag(task)})
