"""PUT or PATCH /api/{user_id}/tasks/{task_id} - change a task.

Fields that are not sent keep their values; null clears a field. `PUT` and `PATCH` do the same. To keep changes from
another device, send the `ETag` of the edited version as `If-Match`.
"""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import TagNotFound, TaskNotFound
from lambdo.tasks.models import TaskAnswer
from lambdo.tasks.requests import UpdateTask
from lambdo.tasks.service import update_task
from lambdo.web.endpoint import MERGE_PATCH, Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match
from lambdo.web.validation import parse_json


@endpoint(body=UpdateTask, returns=TaskAnswer, problems=(TagNotFound,))
def handler(request: Request) -> Response:
    """Return 200 and the whole task."""
    task_id, versions = request.item_id("task_id", TaskNotFound), if_match(request.headers)
    fields = parse_json(UpdateTask, request.json_body(MERGE_PATCH))
    task = once(request, lambda record: update_task(request.user_id, task_id, fields.sent(), versions, record))
    return Response(200, task, {"etag": etag(task)})
