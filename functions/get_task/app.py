"""GET /api/{user_id}/tasks/{task_id} - a task."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.preconditions import etag, is_unchanged
from lambdo.problems import TaskNotFound
from lambdo.services.tagging import show_tasks
from lambdo.store import tasks


@endpoint()
def handler(request: Request) -> Response:
    """Answer 200 with the task, or 304."""
    task = tasks.get(request.user_id, request.item_id("task_id", TaskNotFound))
    if task is None:
        raise TaskNotFound
    headers = {"etag": etag(task["version"])}
    # A tag may have been renamed since without a new version of the task: with tags there is no 304.
    if not task["tag_ids"] and is_unchanged(request.headers, task["version"]):
        return Response(304, headers=headers)
    (answer,) = show_tasks(request.user_id, [task])
    return Response(200, answer, headers)
