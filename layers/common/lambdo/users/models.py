"""The shape of a user in responses and in the table."""

from typing import TypedDict

from lambdo.base.ids import Id
from lambdo.base.times import Time


class User(TypedDict):
    """A user as the API shows it."""

    id: Id
    email: str
    """In lower case."""
    email_verified: bool
    """Whether the user has opened the link in an email to this address."""
    name: str | None
    time_zone: str
    """An IANA time zone. Due dates follow it."""
    created_at: Time
    version: int
    """Counts the changes; the entity tag is derived from it."""


class Account(TypedDict):
    """A user with the epoch of its sessions: sessions from an earlier epoch have ended (decision 0016)."""

    user: User
    session_epoch: int


class Credential(Account):
    """An account with the hash of its password."""

    password_hash: str
