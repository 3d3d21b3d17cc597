"""What a user looks like in answers and in the table."""

from typing import TypedDict

from lambdo.base.ids import Id
from lambdo.base.times import Time


class User(TypedDict):
    """A user as the API shows it."""

    id: Id
    email: str
    """In lower case."""
    email_verified: bool
    """Whether the link of a mail to this address was opened."""
    name: str | None
    time_zone: str
    """An IANA name, by whose dates tasks are due."""
    created_at: Time
    version: int
    """Counts the changes; the entity tag is made of it."""


class Account(TypedDict):
    """A user with the epoch of its sessions: those begun in an earlier one have ended (decision 0016)."""

    user: User
    session_epoch: int


class Credential(Account):
    """An account with what proves the password."""

    password_hash: str
