"""PUT /api/{user_id}/tasks/{task_id}/tags/{tag_id} - add a tag to a task."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.preconditions import etag, if_match
from lambdo.problems import TagNotFound, TaskNotFound
from lambdo.services.tasks import link_tag


@endpoint()
def handler(request: Request) -> Response:
    """Return 200 and the task, even if it had the tag already."""
    task_id, tag_id = request.item_id("task_id", TaskNotFound), request.item_id("tag_id", TagNotFound)
    versions = if_match(request.headers)
    task = once(request, lambda: link_tag(request.user_id, task_id, tag_id, versions))
    return Response(200, task, {"etag": etag(task)})
