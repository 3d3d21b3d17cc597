"""Users: the profile under the user's own key, and the credential under the e-mail address that it claims.

The credential repeats the profile, so that logging in is one read; both are only ever written together.
A profile with `deleted_at` is what is left of an account while its items are being deleted: nobody can read it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from lambdo.table import calls as table
from lambdo.table import keys, writes
from lambdo.table.wire import Item
from lambdo.table.writes import Write
from lambdo.users.models import Account, Credential, User


class AccountGoneError(Exception):
    """The account does not exist, or is being deleted."""


def put(user: User, password_hash: str, *also: Write) -> bool:
    """Create the user and its claim to the e-mail address in one transaction, with other unconditional writes.

    Returns
    -------
    bool
        False if the address is taken.
    """
    profile = {"user_id": user["id"], "session_epoch": 0, **{n: value for n, value in user.items() if n != "id"}}
    claim = {"pk": keys.email(user["email"]), "sk": keys.CREDENTIAL, "password_hash": password_hash, **profile}
    try:
        table.transact(
            writes.create(claim), writes.create({"pk": keys.user(user["id"]), "sk": keys.PROFILE, **profile}), *also
        )
    except table.TransactionRefusedError:
        return False
    return True


def get(user_id: str) -> User | None:
    """Return the user, or None. One call, 1 RRU."""
    account = get_account(user_id)
    return account["user"] if account else None


def get_account(user_id: str) -> Account | None:
    """Return the user with the epoch of its sessions, or None. One call, 1 RRU."""
    item = table.get(keys.user(user_id), keys.PROFILE)
    return _account(item) if item and "deleted_at" not in item else None


def get_credential(email: str) -> Credential | None:
    """Return the account behind a normalised e-mail address, or None. One call, 1 RRU."""
    item = table.get(keys.email(email), keys.CREDENTIAL)
    return {**_account(item), "password_hash": item["password_hash"]} if item else None


def update_password_hash(email: str, old_hash: str, new_hash: str) -> None:
    """Replace the hash if the old one still stands; otherwise someone has changed the password, and theirs stays. One call."""
    changes, old = {"password_hash": new_hash}, {":old": old_hash}
    with suppress(table.ConditionFailedError):
        table.update(
            writes.update(keys.email(email), keys.CREDENTIAL, changes, condition="password_hash = :old", values=old)
        )


def update(user: User, changes: Mapping[str, Any]) -> bool:
    """Change the profile and its copy in one transaction; return False if it has changed meanwhile. One call."""
    expected = {":version": user["version"]}
    condition = f"{writes.LIVES} AND version = :version"
    try:
        table.transact(
            *(
                writes.update(pk, sk, changes, condition=condition, values=expected, add={"version": 1})
                for pk, sk in _both(user)
            )
        )
    except table.TransactionRefusedError:
        return False
    return True


def end_sessions(
    account: Account, *, password_hash: str | None = None, changes: Mapping[str, Any] | None = None
) -> tuple[Write, Write]:
    """Return the writes that end all sessions of the account, for a transaction that may carry one over into the next epoch.

    They fail if sessions were ended or the password was changed since the account was read.

    Parameters
    ----------
    password_hash
        Of the new password, where it changes: the old one then fails from here on, and so do sessions begun with it.
    changes
        What else to set in profile and credential; it makes a new version.
    """
    new = {"session_epoch": account["session_epoch"] + 1, **(changes or {})}
    credential = new if password_hash is None else {**new, "password_hash": password_hash}
    condition = f"{writes.LIVES} AND session_epoch = :epoch"
    values, add = {":epoch": account["session_epoch"]}, {"version": 1} if changes else None
    profile_key, credential_key = _both(account["user"])
    return (
        writes.update(*profile_key, new, condition=condition, values=values, add=add),
        writes.update(*credential_key, credential, condition=condition, values=values, add=add),
    )


def delete(user: User, password_hash: str, deleted_at: str, expires_at: int) -> bool:
    """Free the e-mail address and mark the account as deleted; return False if it has changed meanwhile, or its password.

    What stays of the profile is its key and two time stamps, until `expires_at` (Unix seconds).
    """
    names = (
        "user_id", "session_epoch", "email", "email_verified", "name", "time_zone", "created_at", "version", "tag_count"
    )  # fmt: skip
    profile = dict.fromkeys(names)
    try:
        table.transact(
            writes.delete(
                keys.email(user["email"]),
                keys.CREDENTIAL,
                condition="user_id = :user AND password_hash = :hash",
                values={":user": user["id"], ":hash": password_hash},
            ),
            writes.update(
                keys.user(user["id"]),
                keys.PROFILE,
                {**profile, "deleted_at": deleted_at, "expires_at": expires_at},
                condition=f"{writes.LIVES} AND version = :version",
                values={":version": user["version"]},
            ),
        )
    except table.TransactionRefusedError:
        return False
    return True


def touch_deleted(user_id: str, now: str) -> None:
    """Touch what is left of a deleted account, so that the stream brings it once more. One call."""
    table.update(
        writes.update(keys.user(user_id), keys.PROFILE, {"touched_at": now}, condition="attribute_exists(deleted_at)")
    )


def query_rest(user_id: str) -> Iterator[str]:
    """Yield sort keys of what a deleted account still has but its profile. One call for each MB, read strongly.

    Records of requests that brought nothing but an effect stay until they expire: they say nothing of the user, and the
    answer to a repeated deletion is among them.
    """
    for item in table.query_all(keys.user(user_id), keys.EVERYTHING):
        if item["sk"] != keys.PROFILE and not (item["sk"].startswith(keys.IDEMPOTENCY) and "result" not in item):
            yield item["sk"]


def delete_rest(user_id: str, sort_keys: Collection[str]) -> None:
    """Delete items of a deleted account. One call for each 25."""
    table.delete_all(keys.user(user_id), sort_keys)


def count_tag(user_id: str, change: int, limit: int) -> Write:
    """Return the write that counts a tag more or fewer; it fails for an account that is gone or has all it may have."""
    return writes.update(
        keys.user(user_id),
        keys.PROFILE,
        {},
        condition=f"{writes.LIVES} AND (attribute_not_exists(tag_count) OR tag_count < :limit)",
        values={":limit": limit if change > 0 else limit + 1},
        add={"tag_count": change},
    )


def _both(user: User) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the keys of profile and credential."""
    return (keys.user(user["id"]), keys.PROFILE), (keys.email(user["email"]), keys.CREDENTIAL)


def _account(item: Item) -> Account:
    return {"user": _user(item), "session_epoch": item["session_epoch"]}


def _user(item: Item) -> User:
    return {
        "id": item["user_id"],
        "email": item["email"],
        "email_verified": item["email_verified"],
        "name": item.get("name"),
        "time_zone": item["time_zone"],
        "created_at": item["created_at"],
        "version": item["version"],
    }
