"""Accounts: registering and proving who one is."""

from lambdo import ids, passwords, times
from lambdo.models.user import User
from lambdo.problems import EmailAlreadyExists, InvalidCredentials
from lambdo.store import users


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
