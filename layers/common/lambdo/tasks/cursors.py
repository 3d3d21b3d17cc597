"""List cursors: the position where a page ended, signed for a user, a list, its filters and its order."""

import hmac
from collections.abc import Sequence
from typing import Final

from lambdo.base import base64url
from lambdo.base.problems import InvalidCursor
from lambdo.base.settings import settings
from lambdo.table import key_sets

_TAG: Final = 16  # bytes kept of the HMAC-SHA256; a guess succeeds with 2^-128


def sign(position: str, scope: Sequence[str]) -> str:
    """Return an opaque cursor for a position (a sort key) in a list; the scope is its user, filters and order."""
    key = key_sets.get_cached(settings.cursor_keys_parameter)[0]
    return base64url.encode(_tag(key["secret"], position, scope) + position.encode())


def read(cursor: str, scope: Sequence[str]) -> str:
    """Return the position in a cursor.

    Raises
    ------
    InvalidCursor
        If the cursor was not signed here for the same scope.
    """
    try:
        raw = base64url.decode(cursor)
        position = raw[_TAG:].decode()
    except ValueError as error:
        raise InvalidCursor from error
    for key in key_sets.get_cached(settings.cursor_keys_parameter):
        if hmac.compare_digest(raw[:_TAG], _tag(key["secret"], position, scope)):
            return position
    raise InvalidCursor


def _tag(secret: str, position: str, scope: Sequence[str]) -> bytes:
    message = "\0".join([*scope, position]).encode()
    return hmac.digest(base64url.decode(secret), message, "sha256")[:_TAG]
