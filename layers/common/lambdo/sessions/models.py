"""The shape of a session (refresh family, RFC 9700 section 4.14.2) in the table and in responses, and of its tokens."""

from typing import Final, Literal, NotRequired, TypedDict

from lambdo.base.ids import Id
from lambdo.base.times import Time
from lambdo.users.models import User

LIFETIME: Final = 30 * 24 * 3600  # seconds, absolute: rotation does not extend it
GRACE: Final = 30  # seconds in which a replaced token gets its successor again
MAX_SHOWN: Final = 100


class Session(TypedDict):
    """A session; hashes are SHA-256 in hex, `rotated_at` and `expires_at` are Unix seconds.

    It lasts until `expires_at`, but has ended if its `epoch` is lower than the account's.
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


class SessionList(TypedDict):
    """The user's sessions, newest first, at most 100."""

    items: list[ShownSession]


class Tokens(TypedDict):
    """A pair of tokens (RFC 6749 section 5.1)."""

    access_token: str
    """A JWT, for the header `Authorization: Bearer`."""
    refresh_token: NotRequired[str]
    """Works once. Absent if it was set as a cookie."""
    token_type: Literal["Bearer"]
    expires_in: int
    """Lifetime of the access token in seconds."""


class LoggedIn(Tokens):
    """A pair of tokens, and the user that they belong to."""

    user: User
