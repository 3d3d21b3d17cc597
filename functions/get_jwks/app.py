"""GET /.well-known/jwks.json - get the public keys that verify access tokens (RFC 7517).

For clients that verify access tokens themselves.
"""

import json
from typing import Literal, TypedDict

from lambdo.base.settings import settings
from lambdo.web.endpoint import Request, Response, endpoint


class PublicKey(TypedDict):
    """A public key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class KeySet(TypedDict):
    """The public keys that verify access tokens (RFC 7517), newest first."""

    keys: list[PublicKey]


@endpoint(public=True, uses_aws=False, returns=KeySet)
def handler(request: Request) -> Response:  # noqa: ARG001 - every handler has the one signature
    """Return 200 and the key set. Only a deployment changes it, so it is safe to cache it for five minutes."""
    return Response(200, json.loads(settings.jwks), {"cache-control": "public, max-age=300"})
