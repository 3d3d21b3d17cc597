"""What a session (refresh family, RFC 9700 section 4.14.2) looks like in the table and in answers."""

from typing import Final, TypedDict

from lambdo.base.ids import Id
from lambdo.base.times import Time

LIFETIME: Final = 30 * 24 * 3600  # seconds, absolute: rotation does not extend it
GRACE: Final = 30  # seconds in which the token just replaced still gets its successor
MAX_SHOWN: Final = 100


class Session(TypedDict):
    """A session; hashes are SHA-256 in hex, `rotated_at` and `expires_at` Unix seconds.

    It lives until `expires_at`, as long as its `epoch` is not lower than the account's.
    """

    id: str
    user_id: str
    epoch: int
    token_hash: str
    previous_hash: str | None
    user_agent: str | None
    created_at: str
    rotated_at: int | None
    expires_at: int


class ShownSession(TypedDict):
    """A session as the API shows it."""

    id: Id
    user_agent: str | None
    """What the device said of itself when it logged in."""
    created_at: Time
    last_used_at: Time
    """The last refresh."""
    expires_at: Time
    current: bool
    """Whether it is the session of the token that asks."""
