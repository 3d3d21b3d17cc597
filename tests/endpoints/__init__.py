"""Every route of the API, in the template's order, with its requests: what all checks of all routes are made of.

A simple endpoint is one entry of a few lines; what each argument means stands in tools/in_process/endpoints.py:

    Endpoint("GET", "/api/{user_id}/colors", [Request("", 200)], shows=frozenset({"items", "name"}))

From it come the guard, the isolation of users, what the response shows, malformed input, keys sent again, every fault at every
call, and the examples of openapi.json.
"""

from tests.endpoints import accounts, pages, sessions, tags, tasks, trash
from tools.in_process.endpoints import Endpoint

ENDPOINTS: list[Endpoint] = sorted(
    [*pages.ENDPOINTS, *accounts.ENDPOINTS, *sessions.ENDPOINTS, *tags.ENDPOINTS, *tasks.ENDPOINTS, *trash.ENDPOINTS],
    key=lambda endpoint: endpoint.path,
)
