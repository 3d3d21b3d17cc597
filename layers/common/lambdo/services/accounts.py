"""Accounts: registering and proving who one is."""

from collections.abc import Sequence
from typing import Any, Final

from lambdo import ids, passwords, times
from lambdo.models.user import User
from lambdo.problems import (
    EmailAlreadyExists,
    InvalidCredentials,
    PreconditionFailed,
    ServiceUnavailable,
    UserNotFound,
    WrongPassword,
)
from lambdo.store import users

_ATTEMPTS: Final = 4
# What is left of a deleted account: long enough for every access token to have expired when it goes.
_TOMBSTONE: Final = 3600  # seconds


def register(email: str, password: str, name: str | None) -> User:
    """Create an account for a normalised e-mail address.

    Raises
    ------
    EmailAlreadyExists
        If the address is taken, also by a registration that runs at the same time.
    """
    user: User = {
        "id": ids.new_id(),
        "email": email,
        "name": name,
        "time_zone": "UTC",
        "created_at": times.rfc3339(times.now()),
        "version": 1,
    }
    if not users.put(user, passwords.hash_password(password)):
        raise EmailAlreadyExists
    return user


def authenticate(email: str, password: str) -> User:
    """Return the user with this address and password, raising the hash's cost if ours has risen.

    Raises
    ------
    InvalidCredentials
        If there is none; an unknown address costs the same time as a wrong password.
    """
    credential = users.get_credential(email)
    if not passwords.verify(password, credential["password_hash"] if credential else None) or credential is None:
        raise InvalidCredentials
    if passwords.needs_rehash(credential["password_hash"]):
        users.update_password_hash(email, credential["password_hash"], passwords.hash_password(password))
    return credential["user"]


def update_user(user_id: str, changes: dict[str, Any], versions: Sequence[int] | None) -> User:
    """Change name or time zone and return the user.

    Raises
    ------
    UserNotFound, PreconditionFailed
        If the account has been deleted, or is of a version that If-Match does not allow.
    """
    for _ in range(_ATTEMPTS):
        user = _checked(users.get(user_id), versions)
        if all(user.get(name) == value for name, value in changes.items()):
            return user
        new = users.update(user, changes)
        if new is not None:
            return new
    raise ServiceUnavailable


def delete_account(user_id: str, password: str, versions: Sequence[int] | None) -> None:
    """Free the e-mail address and mark the account for deletion; the stream deletes what it owned.

    Raises
    ------
    UserNotFound, PreconditionFailed, WrongPassword
        If the account has been deleted already, is of another version, or the password is not its own.
    """
    user = _checked(users.get(user_id), versions)
    credential = users.get_credential(user["email"])
    if credential is None:
        raise UserNotFound
    now = times.now()
    if not passwords.verify(password, credential["password_hash"]):
        raise WrongPassword
    if not users.delete(user, credential["password_hash"], times.rfc3339(now), int(now.timestamp()) + _TOMBSTONE):
        raise ServiceUnavailable  # the password has just been changed, or the account deleted: asking again will tell


def _checked(user: User | None, versions: Sequence[int] | None) -> User:
    if user is None:
        raise UserNotFound
    if versions is not None and user["version"] not in versions:
        raise PreconditionFailed(current_version=user["version"])
    return user
