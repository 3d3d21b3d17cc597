"""What a user looks like in answers and in the table."""

from typing import TypedDict


class User(TypedDict):
    """A user as the API shows it; times are RFC 3339 UTC, `time_zone` an IANA name."""

    id: str
    email: str
    name: str | None
    time_zone: str
    created_at: str
    version: int


class Credential(TypedDict):
    """A user with what proves the password."""

    user: User
    password_hash: str
