"""GET /api/health - whether the API and its table answer."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.store import health


@endpoint(public=True)
def handler(request: Request) -> Response:  # noqa: ARG001 - every handler has the one signature
    """Answer 200, or 503 when DynamoDB cannot be read."""
    health.get()
    return Response(200, {"status": "ok"})
