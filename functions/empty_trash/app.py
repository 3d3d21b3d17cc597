"""DELETE /api/{user_id}/tasks/trash - permanently delete the tasks in the trash.

Deletes as many tasks as it can within a few seconds. Send the request again as long as `more` is true.
"""

from lambdo.tasks.models import Emptied
from lambdo.tasks.trash import empty_trash
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once


@endpoint(query={}, returns=Emptied)
def handler(request: Request) -> Response:
    """Return 200, how many tasks were permanently deleted, and whether `more` remain."""
    request.query(())
    return Response(200, once(request, lambda record: empty_trash(request.user_id, record)))
