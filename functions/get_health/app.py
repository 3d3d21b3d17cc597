"""GET /api/health - check whether the API and its table are available."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.store import health


@endpoint(public=True)
def handler(request: Request) -> Response:  # noqa: ARG001 - every handler has the one signature
    """Return 200, or 503 if DynamoDB cannot be read."""
    health.get()
    return Response(200, {"status": "ok"})
