"""DELETE /api/auth/sessions - log out all other devices, or all devices.

Access tokens that were already issued work until they expire, at most 15 minutes. They cannot be renewed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from lambdo.base.problems import UserNotFound
from lambdo.base.rules import Rule
from lambdo.sessions import refresh_cookie
from lambdo.sessions.service import end_sessions
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.page_query import read_values


def _current(texts: Sequence[str]) -> str:
    if texts[0] != "current":
        raise ValueError
    return texts[0]


QUERY: Final[Mapping[str, Rule]] = {"include": (_current, "Should be current", {"const": "current"})}


@endpoint(query=QUERY, problems=(UserNotFound,))
def handler(request: Request) -> Response:
    """Return 204. All sessions except the current one have ended; with `include=current` that one, too."""
    every = "include" in read_values(request.query(QUERY), QUERY)
    kept = None if every else request.session_id
    once(request, lambda record: end_sessions(request.user_id, record, but=kept))
    return Response(204, cookies=refresh_cookie.clear_cookie() if every else ())
