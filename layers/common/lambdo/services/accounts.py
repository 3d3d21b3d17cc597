"""Accounts: registering and proving who one is."""

from typing import Any, Final

from lambdo import events, ids, passwords, times
from lambdo.models.user import Account, User
from lambdo.preconditions import Versions, checked
from lambdo.problems import (
    EmailAlreadyExists,
    InvalidCredentials,
    ServiceUnavailable,
    UserNotFound,
    WrongPassword,
)
from lambdo.services import throttles
from lambdo.store import users

_ATTEMPTS: Final = 4
# What is left of a deleted account: long enough for every access token to have expired when it goes.
_TOMBSTONE: Final = 3600  # seconds


def register(email: str, password: str, name: str | None, source_ip: str) -> User:
    """Create an account for a normalised e-mail address.

    Raises
    ------
    EmailAlreadyExists
        If the address is taken, also by a registration that runs at the same time.
    TooManyRequests
        If there have been too many registrations from the source address.
    """
    throttles.count(throttles.registrations(source_ip))
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
    events.record("account_registered", user_id=user["id"])
    return user


def authenticate(email: str, password: str, source_ip: str) -> Account:
    """Return the account with this address and password, raising the hash's cost if ours has risen.

    Raises
    ------
    InvalidCredentials
        If there is none; an unknown address costs the same time as a wrong password.
    TooManyRequests
        If there have been too many failures from the source address.
    """
    failures = throttles.log_in_failures(email, source_ip)
    throttles.check(failures)
    credential = users.get_credential(email)
    if not passwords.verify(password, credential["password_hash"] if credential else None) or credential is None:
        throttles.count(failures)
        events.record("log_in_failed", user_id=credential["user"]["id"] if credential else None)
        raise InvalidCredentials
    throttles.check(failures)  # again, for a right guess among many sent at once: those that fail first count
    if passwords.needs_rehash(credential["password_hash"]):
        users.update_password_hash(email, credential["password_hash"], passwords.hash_password(password))
    return credential


def update_user(user_id: str, changes: dict[str, Any], versions: Versions) -> User:
    """Change name or time zone and return the user.

    Raises
    ------
    UserNotFound, PreconditionFailed
        If the account has been deleted, or is of a version that If-Match does not allow.
    """
    for _ in range(_ATTEMPTS):
        user = checked(users.get(user_id), versions, UserNotFound)
        if all(user.get(name) == value for name, value in changes.items()):
            return user
        new = users.update(user, changes)
        if new is not None:
            return new
    raise ServiceUnavailable


def delete_account(user_id: str, password: str, versions: Versions) -> None:
    """Free the e-mail address and mark the account for deletion; the stream deletes what it owned.

    Raises
    ------
    UserNotFound, PreconditionFailed, WrongPassword
        If the account has been deleted already, is of another version, or the password is not its own.
    TooManyRequests
        If the password has been asked for too often.
    """
    throttles.count(throttles.password_checks(user_id))
    for _ in range(_ATTEMPTS):
        user = checked(users.get(user_id), versions, UserNotFound)
        credential = users.get_credential(user["email"])
        if credential is None:
            raise UserNotFound
        if not passwords.verify(password, credential["password_hash"]):
            events.record("wrong_password")
            raise WrongPassword
        now = times.now()
        if users.delete(user, credential["password_hash"], times.rfc3339(now), int(now.timestamp()) + _TOMBSTONE):
            events.record("account_deleted")
            return
    raise ServiceUnavailable  # profile or password changed every time
