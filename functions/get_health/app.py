"""GET /api/health - check whether the API and its table are available."""

from typing import Literal, TypedDict

from lambdo.table import calls, keys
from lambdo.web.endpoint import Request, Response, endpoint


class Health(TypedDict):
    """The API and its table are available."""

    status: Literal["ok"]


@endpoint(public=True, returns=Health)
def handler(request: Request) -> Response:  # noqa: ARG001 - every handler has the one signature
    """Return 200 and the state of the API and its table, or 503 if DynamoDB cannot be read."""
    calls.get(keys.HEALTH, keys.HEALTH)  # no such item ever exists
    return Response(200, {"status": "ok"})
