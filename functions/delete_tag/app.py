"""DELETE /api/{user_id}/tags/{tag_id} - delete a tag, but not its tasks.

Tasks with the tag are kept, without it.
"""

from lambdo.base.problems import TagNotFound
from lambdo.tags.service import delete_tag
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.preconditions import if_match


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. The tag is deleted.

    functions/finish_deletions removes it from the tasks.
    """
    tag_id, versions = request.item_id("tag_id", TagNotFound), if_match(request.headers)
    once(request, lambda record: delete_tag(request.user_id, tag_id, versions, record))
    return Response(204)
