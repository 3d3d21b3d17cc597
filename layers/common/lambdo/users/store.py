"""Users: the profile is stored under the user's key, the credential under the email address that it claims.

The credential repeats the profile, so that a login needs only one read; both are always written together.
A profile with `deleted_at` marks an account whose items are being deleted; it is hidden.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, cast

from lambdo.base.versions import OvertakenError
from lambdo.table import calls, keys, writes
from lambdo.table.wire import Item
from lambdo.table.writes import Companion, Write
from lambdo.users.models import Account, Credential, User


class AccountGoneError(Exception):
    """The account does not exist, or is being deleted."""


class AddressTakenError(Exception):
    """The email address belongs to another account."""


def put(user: User, password_hash: str, also: Mapping[str, Write], record: Companion | None = None) -> None:
    """Create the user and claim the email address in one transaction, with other unconditional writes. One call.

    Raises
    ------
    AddressTakenError
        If the address belongs to another account.
    """
    profile = {"user_id": user["id"], "session_epoch": 0, **{n: value for n, value in user.items() if n != "id"}}
    claim = {"pk": keys.email(user["email"]), "sk": keys.CREDENTIAL, "password_hash": password_hash, **profile}
    own = {"pk": keys.user(user["id"]), "sk": keys.PROFILE, **profile}
    try:
        calls.transact({"claim": writes.create(claim), "profile": writes.create(own), **also}, record)
    except calls.TransactionRefusedError as error:
        raise AddressTakenError from error


def get(user_id: str) -> User | None:
    """Return the user, or None. One call, 1 RRU."""
    account = get_account(user_id)
    return account["user"] if account else None


def get_account(user_id: str) -> Account | None:
    """Return the user with the epoch of its sessions, or None. One call, 1 RRU."""
    item = calls.get(keys.user(user_id), keys.PROFILE)
    return _account(item) if item and "deleted_at" not in item else None


def get_credential(email: str) -> Credential | None:
    """Return the account that has a normalised email address, or None. One call, 1 RRU."""
    item = calls.get(keys.email(email), keys.CREDENTIAL)
    return {**_account(item), "password_hash": item["password_hash"]} if item else None


def update_password_hash(email: str, old_hash: str, new_hash: str) -> None:
    """Replace the hash if it is still the old one; keep it if the password was changed in between. One call."""
    changes, old = {"password_hash": new_hash}, {":old": old_hash}
    with suppress(calls.ConditionFailedError):
        calls.update(
            writes.update(keys.email(email), keys.CREDENTIAL, changes, condition="password_hash = :old", values=old)
        )


def update(user: User, changes: Mapping[str, Any], record: Companion | None = None) -> None:
    """Change the profile and its copy in one transaction; raises OvertakenError if it has changed since. One call."""
    expected = {":version": user["version"]}
    condition = f"{writes.LIVES} AND version = :version"
    all_writes = {
        name: writes.update(pk, sk, changes, condition=condition, values=expected, add={"version": 1})
        for name, (pk, sk) in _keys(user).items()
    }
    try:
        calls.transact(all_writes, record)
    except calls.TransactionRefusedError as error:
        raise OvertakenError(is_known=False) from error


def end_sessions(
    account: Account, *, password_hash: str | None = None, changes: Mapping[str, Any] | None = None
) -> dict[str, Write]:
    """Return the writes that end all sessions of the account; their transaction may move one session to the next epoch.

    They fail if all sessions were ended or the password was changed since the account was read.

    Parameters
    ----------
    password_hash
        The hash of the new password, if it changes: the old password and sessions started with it are then refused.
    changes
        Other attributes to set in profile and credential; they create a new version.
    """
    new = {"session_epoch": account["session_epoch"] + 1, **(changes or {})}
    credential = new if password_hash is None else {**new, "password_hash": password_hash}
    condition = f"{writes.LIVES} AND session_epoch = :epoch"
    values, add = {":epoch": account["session_epoch"]}, {"version": 1} if changes else None
    changed = {"profile": new, "credential": credential}
    return {
        name: writes.update(pk, sk, changed[name], condition=condition, values=values, add=add)
        for name, (pk, sk) in _keys(account["user"]).items()
    }


def delete(user: User, password_hash: str, deleted_at: str, expires_at: int, record: Companion | None = None) -> None:
    """Free the email address and mark the account as deleted. One call.

    The profile keeps its key and two time stamps until `expires_at` (Unix seconds).

    Raises
    ------
    OvertakenError
        If the profile or the password has changed since it was read.
    """
    profile = dict.fromkeys(("user_id", "session_epoch", *_ATTRIBUTES, "tag_count"))
    all_writes = {
        "credential": writes.delete(
            keys.email(user["email"]),
            keys.CREDENTIAL,
            condition="user_id = :user AND password_hash = :hash",
            values={":user": user["id"], ":hash": password_hash},
        ),
        "profile": writes.update(
            keys.user(user["id"]),
            keys.PROFILE,
            {**profile, "deleted_at": deleted_at, "expires_at": expires_at},
            condition=f"{writes.LIVES} AND version = :version",
            values={":version": user["version"]},
        ),
    }
    try:
        calls.transact(all_writes, record)
    except calls.TransactionRefusedError as error:
        raise OvertakenError(is_known=False) from error


def touch_deleted(user_id: str, now: str) -> None:
    """Touch the profile of a deleted account, so that the stream delivers it again. One call."""
    calls.update(
        writes.update(keys.user(user_id), keys.PROFILE, {"touched_at": now}, condition="attribute_exists(deleted_at)")
    )


def query_rest(user_id: str) -> Iterator[str]:
    """Yield the sort keys of a deleted account's items except its profile. One call for each MB, strong reads.

    Idempotency records without a result stay until they expire. They contain nothing about the user, and one of them
    lets a retried deletion succeed.
    """
    for item in calls.query_all(keys.user(user_id), keys.EVERYTHING):
        if item["sk"] != keys.PROFILE and not (item["sk"].startswith(keys.IDEMPOTENCY) and "result" not in item):
            yield item["sk"]


def delete_rest(user_id: str, sort_keys: Collection[str]) -> None:
    """Delete items of a deleted account. One call for each 25."""
    calls.delete_all(keys.user(user_id), sort_keys)


def count_tag(user_id: str, change: int, limit: int) -> Write:
    """Return the write that counts a tag more or fewer; it fails if the account was deleted or is at the limit."""
    return writes.update(
        keys.user(user_id),
        keys.PROFILE,
        {},
        condition=f"{writes.LIVES} AND (attribute_not_exists(tag_count) OR tag_count < :limit)",
        values={":limit": limit if change > 0 else limit + 1},
        add={"tag_count": change},
    )


def _keys(user: User) -> dict[str, tuple[str, str]]:
    """Return the keys of profile and credential."""
    return {
        "profile": (keys.user(user["id"]), keys.PROFILE),
        "credential": (keys.email(user["email"]), keys.CREDENTIAL),
    }


def _account(item: Item) -> Account:
    return {"user": _user(item), "session_epoch": item["session_epoch"]}


def _user(item: Item) -> User:
    return cast("User", {"id": item["user_id"], **{name: item.get(name) for name in _ATTRIBUTES}})


_ATTRIBUTES: Final = tuple(name for name in User.__annotations__ if name != "id")
