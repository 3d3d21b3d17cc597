"""Tokens in emails: base64url of the user's id (16 bytes) and 256 random bits. The table has only their SHA-256."""

import hashlib
import os
import uuid
from typing import Final, NamedTuple

from lambdo.base import base64url

_SECRET_LENGTH: Final = 32


class MailToken(NamedTuple):
    """A parsed token; that it is well-formed proves nothing."""

    user_id: str
    secret: bytes

    def __str__(self) -> str:
        """Return the token as the email contains it."""
        return base64url.encode(uuid.UUID(self.user_id).bytes + self.secret)

    def hash(self) -> str:
        """Return the token's hash, which the table stores: SHA-256 in hex."""
        return hashlib.sha256(str(self).encode()).hexdigest()


def new(user_id: str) -> MailToken:
    """Return a new token for the user."""
    return MailToken(user_id, os.urandom(_SECRET_LENGTH))


def parse(text: str) -> MailToken:
    """Parse a token; raises ValueError if it does not have the form of our tokens."""
    raw = base64url.decode(text)
    if len(raw) != 16 + _SECRET_LENGTH:
        raise ValueError("not the token of a mail")
    return MailToken(str(uuid.UUID(bytes=raw[:16])), raw[16:])
