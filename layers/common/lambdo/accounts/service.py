"""Accounts: registration, authentication, and changes to an account."""

from typing import Any, Final

from lambdo.base import events, ids, times
from lambdo.base.problems import EmailAlreadyExists, InvalidCredentials, InvalidFields, UserNotFound, WrongPassword
from lambdo.base.versions import Versions, require_version, retry
from lambdo.mails import sender
from lambdo.mails import store as mails
from lambdo.mails.service import make_verification
from lambdo.sessions.service import end_all
from lambdo.table.records import Record, with_record
from lambdo.users import passwords, throttles
from lambdo.users import store as users
from lambdo.users.models import Account, Credential, User

# How long the profile of a deleted account is kept: until all of its access tokens have expired.
_TOMBSTONE: Final = 3600  # seconds


def register(email: str, password: str, name: str | None, source_ip: str, record: Record = None) -> User:
    """Create an account for a normalised email address, and request the email that confirms it.

    Raises
    ------
    EmailAlreadyExists
        If an account, or a registration at the same time, has the address.
    InvalidFields
        If the password is the address.
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
    also = {"email": mails.create_request(make_verification(user["id"]))} if sender.is_configured() else {}
    proof = with_record(record, user["id"], user)
    try:
        users.put(user, passwords.hash_password(password), also, proof)
    except users.AddressTakenError as error:
        raise EmailAlreadyExists from error
    events.record("account_registered", user_id=user["id"])
    return user


def find_owner(email: str) -> str | None:
    """Return the id of the user who has a normalised email address, or None."""
    credential = users.get_credential(email)
    return credential["user"]["id"] if credential else None


def authenticate(email: str, password: str, source_ip: str) -> Account:
    """Return the account with this address and password; rehash the password if the hash has a lower cost than today's.

    Raises
    ------
    InvalidCredentials
        If there is no such account; an unknown address takes the same time as a wrong password.
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
    throttles.check(failures)  # again, because many guesses may be sent at once: failures count before a right guess
    if passwords.needs_rehash(credential["password_hash"]):
        users.update_password_hash(email, credential["password_hash"], passwords.hash_password(password))
    return credential


def update_user(user_id: str, changes: dict[str, Any], versions: Versions, record: Record = None) -> User:
    """Change fields of the user and return the user.

    Raises
    ------
    UserNotFound, PreconditionFailed
        If the account was deleted, or the precondition does not allow its version.
    """

    def change(current: User | None) -> User:
        user = require_version(current, versions, UserNotFound)
        if all(user.get(name) == value for name, value in changes.items()):
            return user
        new: User = {**user, **changes, "version": user["version"] + 1}  # type: ignore[typeddict-item]  # checked by the request model
        users.update(user, changes, with_record(record, user_id, new))
        return new

    return retry(lambda: users.get(user_id), change)


def delete_account(user_id: str, password: str, versions: Versions, record: Record = None) -> None:
    """Free the email address and mark the account as deleted; the function on the stream deletes its items.

    Raises
    ------
    UserNotFound, PreconditionFailed, WrongPassword
        If the account was already deleted, has another version, or has another password.
    TooManyRequests
        If the password was checked too often.
    """
    throttles.count(throttles.password_checks(user_id))

    def delete(current: User | None) -> None:
        user = require_version(current, versions, UserNotFound)
        credential = _require_password(user, password)
        now = times.now()
        expires_at = int(now.timestamp()) + _TOMBSTONE
        proof = with_record(record, user_id, None)
        users.delete(user, credential["password_hash"], times.rfc3339(now), expires_at, proof)

    retry(lambda: users.get(user_id), delete)
    events.record("account_deleted")


def change_password(user_id: str, session_id: str, current: str, new: str, record: Record = None) -> None:
    """Replace the password and end every session but the caller's.

    Raises
    ------
    UserNotFound, Unauthenticated, WrongPassword, InvalidFields
        If the account was deleted, the caller's session has ended, the current password is wrong, or the new one is the
        email address.
    TooManyRequests
        If the password was checked too often.
    """
    throttles.count(throttles.password_checks(user_id))

    def change(found: User | None) -> None:
        user = require_version(found, None, UserNotFound)
        credential = _require_password(user, current)
        refuse_address(user["email"], "new_password", new)
        end_all(credential, record, but=session_id, password_hash=passwords.hash_password(new))

    retry(lambda: users.get(user_id), change)
    events.record("password_changed")


def refuse_address(email: str, field: str, password: str) -> None:
    """Raise InvalidFields if a new password is the account's email address, or its part before the @."""
    if password.casefold() in {email, email.partition("@")[0]}:
        raise InvalidFields.of(field, "Password should not be the email address", "password_is_email")


def _require_password(user: User, password: str) -> Credential:
    """Return the user's credential if the password matches; raises WrongPassword, or UserNotFound if there is none."""
    credential = users.get_credential(user["email"])
    if credential is None or credential["user"]["id"] != user["id"]:
        raise UserNotFound
    if not passwords.verify(password, credential["password_hash"]):
        events.record("wrong_password")
        raise WrongPassword
    return credential
