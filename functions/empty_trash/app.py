"""DELETE /api/{user_id}/tasks/trash - permanently delete the tasks in the trash."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.services.trash import empty_trash


@endpoint()
def handler(request: Request) -> Response:
    """Return 200, how many tasks were deleted, and whether `more` remain, for which to send another request."""
    request.query(())
    return Response(200, once(request, lambda: empty_trash(request.user_id)))
