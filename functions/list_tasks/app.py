"""GET /api/{user_id}/tasks - list tasks, filtered and sorted.

Newest first, unless sorted otherwise. Filters can be combined. A filtered page may be short, or even empty, and still
have a cursor: follow `next_cursor`, or the `Link` header, until there is none. Lists have no totals.

Dates are in the user's time zone.
"""

from lambdo.base.problems import InvalidCursor, UserNotFound
from lambdo.tasks import query
from lambdo.tasks.lists import list_tasks
from lambdo.tasks.models import TaskPage
from lambdo.tasks.tagging import show_tasks
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.page_query import PAGE_RULES, read_page_query, respond_with_page


@endpoint(query={**query.RULES, **PAGE_RULES}, returns=TaskPage, problems=(InvalidCursor, UserNotFound))
def handler(request: Request) -> Response:
    """Return 200 and a page of tasks."""
    values = read_page_query(request, query.RULES, repeatable=query.REPEATABLE)
    page = list_tasks(request.user_id, query.from_values(values))
    return respond_with_page(request, show_tasks(request.user_id, page.tasks, page.tags), page.next_cursor)
