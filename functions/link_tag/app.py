"""PUT /api/{user_id}/tasks/{task_id}/tags/{tag_id} - add a tag to a task.

A task can have at most 20 tags.
"""

from lambdo.base.entity_tags import etag
from lambdo.base.problems import InvalidFields, TagNotFound, TaskNotFound
from lambdo.tasks.models import TaskAnswer
from lambdo.tasks.service import link_tag
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match


@endpoint(returns=TaskAnswer, problems=(InvalidFields,))
def handler(request: Request) -> Response:
    """Return 200 and the task with the tag, even if it had it already."""
    task_id, tag_id = request.item_id("task_id", TaskNotFound), request.item_id("tag_id", TagNotFound)
    versions = if_match(request.headers)
    task = once(request, lambda record: link_tag(request.user_id, task_id, tag_id, versions, record))
    return Response(200, task, {"etag": etag(task)})
