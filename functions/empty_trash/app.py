"""DELETE /api/{user_id}/tasks/trash - delete for good what is in the trash."""

from lambdo.tasks.trash import empty_trash
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once


@endpoint()
def handler(request: Request) -> Response:
    """Answer 200: how many tasks went, and whether there are `more`, for which to send another request."""
    request.query(())
    return Response(200, once(request, lambda record: empty_trash(request.user_id, record)))
