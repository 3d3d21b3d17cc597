"""Users: the profile under the user's own key, and the credential under the e-mail address that it claims.

The credential repeats the profile, so that logging in is one read; both are only ever written together.
"""

from contextlib import suppress

from lambdo.models.user import Credential, User
from lambdo.store import keys, table


def put(user: User, password_hash: str) -> bool:
    """Create the user and its claim to the e-mail address in one transaction; return False if the address is taken."""
    profile = {
        "user_id": user["id"],
        "email": user["email"],
        "name": user["name"],
        "time_zone": user["time_zone"],
        "created_at": user["created_at"],
        "version": user["version"],
    }
    claim = {"pk": keys.email(user["email"]), "sk": keys.CREDENTIAL, "password_hash": password_hash, **profile}
    try:
        table.create_all([claim, {"pk": keys.user(user["id"]), "sk": keys.PROFILE, **profile}])
    except table.TransactionRefusedError:
        return False
    return True


def get(user_id: str) -> User | None:
    """Return the user, or None. One call, 1 RRU."""
    item = table.get(keys.user(user_id), keys.PROFILE)
    return _user(item) if item else None


def get_credential(email: str) -> Credential | None:
    """Return the account behind a normalised e-mail address, or None. One call, 1 RRU."""
    item = table.get(keys.email(email), keys.CREDENTIAL)
    return {"user": _user(item), "password_hash": item["password_hash"]} if item else None


def update_password_hash(email: str, old_hash: str, new_hash: str) -> None:
    """Replace the hash if the old one still stands; otherwise someone has changed the password, and theirs stays. One call."""
    changes, old = {"password_hash": new_hash}, {":old": old_hash}
    with suppress(table.ConditionFailedError):
        table.update(keys.email(email), keys.CREDENTIAL, changes, condition="password_hash = :old", values=old)


def _user(item: table.Item) -> User:
    return {
        "id": item["user_id"],
        "email": item["email"],
        "name": item.get("name"),
        "time_zone": item["time_zone"],
        "created_at": item["created_at"],
        "version": item["version"],
    }
