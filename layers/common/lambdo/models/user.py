"""What a user looks like in answers and in the table."""

from typing import TypedDict


class User(TypedDict):
    """A user as the API shows it; times are RFC 3339 UTC, `time_zone` an IANA name."""

    id: str
    email: str
    email_verified: bool
    name: str | None
    time_zone: str
    created_at: str
    version: int


class Account(TypedDict):
    """A user with the epoch of its sessions: those begun in an earlier one have ended (decision 0016)."""

    user: User
    session_epoch: int


class Credential(Account):
    """An account with what proves the password."""

    password_hash: str
