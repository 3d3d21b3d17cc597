"""Accounts: registering and proving who one is."""

from typing import Any, Final

from lambdo import events, ids, mail, passwords, times
from lambdo.models.user import Account, Credential, User
from lambdo.preconditions import Versions, checked
from lambdo.problems import (
    EmailAlreadyExists,
    InvalidCredentials,
    InvalidFields,
    ServiceUnavailable,
    UserNotFound,
    WrongPassword,
)
from lambdo.services import throttles
from lambdo.services.mails import verification_of
from lambdo.services.sessions import end_all
from lambdo.store import mail_requests, users
from lambdo.store.idempotency import recorded

_ATTEMPTS: Final = 4
# What is left of a deleted account: long enough for every access token to have expired when it goes.
_TOMBSTONE: Final = 3600  # seconds


def register(email: str, password: str, name: str | None, source_ip: str) -> User:
    """Create an account for a normalised e-mail address, and ask for the mail that confirms it.

    Raises
    ------
    EmailAlreadyExists, InvalidFields
        If the address is taken, also by a registration that runs at the same time, or is the password.
    TooManyRequests
        If there have been too many registrations from the source address.
    """
    refuse_address(email, "password", password)
    throttles.count(throttles.registrations(source_ip))
    user: User = {
        "id": ids.new_id(),
        "email": email,
        "email_verified": False,
        "name": name,
        "time_zone": "UTC",
        "created_at": times.rfc3339(times.now()),
        "version": 1,
    }
    also = [mail_requests.create(verification_of(user["id"]))] if mail.is_configured() else []
    with recorded(user["id"], user):
        created = users.put(user, passwords.hash_password(password), *also)
    if not created:
        raise EmailAlreadyExists
    events.record("account_registered", user_id=user["id"])
    return user


def owner_of(email: str) -> str | None:
    """Return the id of the user who has a normalised e-mail address, or None."""
    credential = users.get_credential(email)
    return credential["user"]["id"] if credential else None


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
        new: User = {**user, **changes, "version": user["version"] + 1}  # type: ignore[typeddict-item]  # checked by the request model
        with recorded(user_id, new):
            updated = users.update(user, changes)
        if updated:
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
        credential = _proven(user, password)
        now = times.now()
        with recorded(user_id, None):
            deleted = users.delete(
                user, credential["password_hash"], times.rfc3339(now), int(now.timestamp()) + _TOMBSTONE
            )
        if deleted:
            events.record("account_deleted")
            return
    raise ServiceUnavailable  # profile or password changed every time


def change_password(user_id: str, session_id: str, current: str, new: str) -> None:
    """Replace the password and end every session but the caller's.

    Raises
    ------
    UserNotFound, Unauthenticated, WrongPassword, InvalidFields
        If the account has been deleted, the caller's session has ended, the current password is not its own, or the new
        one is the e-mail address.
    TooManyRequests
        If the password has been asked for too often.
    """
    throttles.count(throttles.password_checks(user_id))
    for _ in range(_ATTEMPTS):
        user = checked(users.get(user_id), None, UserNotFound)
        credential = _proven(user, current)
        refuse_address(user["email"], "new_password", new)
        if end_all(credential, but=session_id, password_hash=passwords.hash_password(new)):
            events.record("password_changed")
            return
    raise ServiceUnavailable  # other changes came first every time


def refuse_address(email: str, field: str, password: str) -> None:
    """Raise InvalidFields if a new password is the account's own address, or what stands there before the @."""
    if password.casefold() in {email, email.partition("@")[0]}:
        msg = "Password should not be the email address"
        raise InvalidFields(errors=[{"loc": ["body", field], "msg": msg, "type": "password_is_email"}])


def _proven(user: User, password: str) -> Credential:
    """Return the user's credential if the password is its own; raises WrongPassword, and UserNotFound if it is gone."""
    credential = users.get_credential(user["email"])
    if credential is None or credential["user"]["id"] != user["id"]:
        raise UserNotFound
    if not passwords.verify(password, credential["password_hash"]):
        events.record("wrong_password")
        raise WrongPassword
    return credential
