"""GET /.well-known/jwks.json - get the public keys that verify access tokens (RFC 7517)."""

import json

from lambdo.base.settings import settings
from lambdo.web.endpoint import Request, Response, endpoint


@endpoint(public=True, uses_aws=False)
def handler(request: Request) -> Response:  # noqa: ARG001 - every handler has the one signature
    """Return 200 and the key set. Only a deployment changes it, so it is safe to cache it for five minutes."""
    return Response(200, json.loads(settings.jwks), {"cache-control": "public, max-age=300"})
