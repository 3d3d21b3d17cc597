"""DELETE /api/{user_id}/tasks/trash - permanently delete the tasks in the trash."""

from lambdo.tasks.trash import empty_trash
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once


@endpoint()
def handler(request: Request) -> Response:
    """Return 200, how many tasks were deleted, and whether `more` remain, for which to send another request."""
    request.query(())
    return Response(200, once(request, lambda record: empty_trash(request.user_id, record)))
