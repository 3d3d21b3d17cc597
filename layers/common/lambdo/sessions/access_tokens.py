"""Access tokens (JWT, RFC 9068) and their keys. Only this module imports jwt and cryptography."""

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lambdo.base import base64url, ids, times
from lambdo.base.key import Key
from lambdo.base.settings import settings

LIFETIME: Final = 15 * 60  # seconds
AUDIENCE: Final = "lambdo-api"
_LEEWAY: Final = 5  # seconds by which the clocks of two machines may differ
_MAX_LENGTH: Final = 2048
_TYPE: Final = "at+jwt"
_ALGORITHM: Final = "EdDSA"
# PyJWT tolerates padding, and a lone surrogate makes it raise UnicodeEncodeError: check the alphabet before it looks.
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class Claims(NamedTuple):
    """The claims of a verified token: its user, its session and when it expires (Unix seconds)."""

    user_id: str
    session_id: str
    expires_at: int


class InvalidTokenError(Exception):
    """The token was not issued by this API, or has expired; `reason` is `invalid` or `expired`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def new_secret() -> str:
    """Return a new Ed25519 seed, base64url."""
    return base64url.encode(Ed25519PrivateKey.generate().private_bytes_raw())


def public_jwks(keys: Sequence[Key]) -> str:
    """Return the public keys as a JSON Web Key Set (RFC 8037)."""
    return json.dumps({"keys": [_public_jwk(key) for key in keys]}, separators=(",", ":"))


def from_header(authorization: str) -> str:
    """Return the token of an Authorization header (RFC 6750 section 2.1); raises InvalidTokenError if it has none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidTokenError("invalid")
    return token.strip(" ")


def build_response(access_token: str, refresh_token: str | None) -> dict[str, Any]:
    """Return the body of a token response (RFC 6749 section 5.1); a refresh token of None is sent in a cookie."""
    return {
        "access_token": access_token,
        **({"refresh_token": refresh_token} if refresh_token else {}),
        "token_type": "Bearer",
        "expires_in": LIFETIME,
    }


def issue(key: Key, user_id: str, session_id: str) -> str:
    """Return an access token for the session, signed with the key."""
    now = times.unix()
    claims = {
        "iss": settings.token_issuer,
        "aud": AUDIENCE,
        "sub": user_id,
        "sid": session_id,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": ids.new_id(),
    }
    return jwt.encode(claims, _private(key), algorithm=_ALGORITHM, headers={"typ": _TYPE, "kid": key["id"]})


def verify(token: str) -> Claims:
    """Return the claims of a token that was signed for this API with a key in JWKS.

    Raises
    ------
    InvalidTokenError
        For any other token. The rules are those of RFC 8725; no token can cause a fetch or another exception.
    """
    try:
        if len(token) > _MAX_LENGTH or not _COMPACT.fullmatch(token):
            raise InvalidTokenError("invalid")
        for part in token.split("."):
            base64url.decode(part)  # refuses all spellings but the canonical one
        header = jwt.get_unverified_header(token)
        # We write no other members: jku, jwk, x5u and crit are refused here without being read.
        if header.keys() != {"alg", "typ", "kid"} or header["typ"] != _TYPE or header["kid"] not in _public_keys():
            raise InvalidTokenError("invalid")
        claims = jwt.decode(
            token,
            _public_keys()[header["kid"]],
            algorithms=[_ALGORITHM],
            issuer=settings.token_issuer,
            audience=AUDIENCE,
            leeway=_LEEWAY,
            options={"require": ["iss", "aud", "sub", "sid", "iat", "exp", "jti"], "strict_aud": True},
        )
    except jwt.ExpiredSignatureError as error:
        raise InvalidTokenError("expired") from error
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidTokenError("invalid") from error
    return _checked(claims)


def _checked(claims: dict[str, Any]) -> Claims:
    """Return the claims if their types are right: PyJWT accepts a string as `exp`, and an empty `sub`."""
    user_id, session_id, expires_at, issued_at = claims["sub"], claims["sid"], claims["exp"], claims["iat"]
    if not (isinstance(session_id, str) and ids.is_id(user_id) and ids.is_id(session_id)):
        raise InvalidTokenError("invalid")
    if type(expires_at) is not int or type(issued_at) is not int or expires_at - issued_at > LIFETIME:
        raise InvalidTokenError("invalid")
    return Claims(user_id, session_id, expires_at)


@cache
def _public_keys() -> dict[str, Ed25519PublicKey]:
    keys = json.loads(settings.jwks)["keys"]
    return {key["kid"]: Ed25519PublicKey.from_public_bytes(base64url.decode(key["x"])) for key in keys}


def _private(key: Key) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64url.decode(key["secret"]))


def _public_jwk(key: Key) -> dict[str, str]:
    public = _private(key).public_key().public_bytes_raw()
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "alg": _ALGORITHM,
        "kid": key["id"],
        "x": base64url.encode(public),
    }
