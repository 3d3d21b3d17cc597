"""GET /.well-known/jwks.json - the public keys that verify access tokens (RFC 7517)."""

import json

from lambdo.base.settings import settings
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint(public=True, uses_aws=False)
def handler(request: Request) -> Response:  # noqa: ARG001 - every handler has the one signature
    """Answer 200 with the key set; it changes only by a deployment, so five minutes of caching are safe."""
    return Response(200, json.loads(settings.jwks), {"cache-control": "public, max-age=300"})
