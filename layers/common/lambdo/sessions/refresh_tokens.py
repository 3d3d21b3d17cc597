"""Refresh tokens: opaque to clients, derived rather than stored, so that a lost response can be sent again.

A token is base64url of user id (16 bytes), session id (16), generation (4) and an HMAC-SHA256 of those three, 256 bits
that cannot be guessed: only the functions that issue tokens can read the key. The table has only the token's SHA-256.
"""

import hashlib
import hmac
import uuid
from typing import Final, NamedTuple

from lambdo.base import base64url

_LENGTH: Final = 16 + 16 + 4 + 32
_LAST_GENERATION: Final = 2**32 - 1  # it has no successor; no session ever reaches it


class RefreshToken(NamedTuple):
    """A parsed refresh token; that it is well-formed proves nothing."""

    user_id: str
    session_id: str
    generation: int
    mac: bytes

    def __str__(self) -> str:
        """Return the token as the client holds it."""
        return base64url.encode(_message(self.user_id, self.session_id, self.generation) + self.mac)

    def hash(self) -> str:
        """Return the token's hash, which the table stores: SHA-256 in hex."""
        return hashlib.sha256(str(self).encode()).hexdigest()


def derive(secret: str, user_id: str, session_id: str, generation: int) -> RefreshToken:
    """Return the session's token of this generation, derived with a secret in base64url."""
    return RefreshToken(user_id, session_id, generation, _mac(secret, _message(user_id, session_id, generation)))


def parse(text: str) -> RefreshToken:
    """Parse a token; raises ValueError if it does not have the form of our tokens."""
    raw = base64url.decode(text)
    if len(raw) != _LENGTH:
        raise ValueError("not a refresh token")
    generation = int.from_bytes(raw[32:36])
    if generation == _LAST_GENERATION:
        raise ValueError("not a refresh token that was ever given out")
    user_id, session_id = (str(uuid.UUID(bytes=raw[start : start + 16])) for start in (0, 16))
    return RefreshToken(user_id, session_id, generation, raw[36:])


def is_genuine(token: RefreshToken, secret: str) -> bool:
    """Tell whether the token was derived with this secret."""
    expected = derive(secret, token.user_id, token.session_id, token.generation)
    return hmac.compare_digest(token.mac, expected.mac)


def _message(user_id: str, session_id: str, generation: int) -> bytes:
    return uuid.UUID(user_id).bytes + uuid.UUID(session_id).bytes + generation.to_bytes(4)


def _mac(secret: str, message: bytes) -> bytes:
    # The same secret seeds the Ed25519 key; the prefix separates the two uses.
    return hmac.digest(base64url.decode(secret), b"lambdo refresh token\0" + message, "sha256")
