"""The shape of a session (refresh family, RFC 9700 section 4.14.2) in the table and in responses."""

from typing import Final, TypedDict

from lambdo.base.ids import Id
from lambdo.base.times import Time

LIFETIME: Final = 30 * 24 * 3600  # seconds, absolute: rotation does not extend it
GRACE: Final = 30  # seconds in which a replaced token still gets its successor
MAX_SHOWN: Final = 100


class Session(TypedDict):
    """A session; hashes are SHA-256 in hex, `rotated_at` and `expires_at` Unix seconds.

    It lasts until `expires_at`, unless its `epoch` is lower than the account's.
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
    """The `User-Agent` header of the login request."""
    created_at: Time
    last_used_at: Time
    """When it was last refreshed."""
    expires_at: Time
    current: bool
    """Whether the request's access token belongs to this session."""
