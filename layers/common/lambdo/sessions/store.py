"""Sessions: an item each, holding hashes of the live refresh token and of the one before it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from lambdo.sessions.models import Session
from lambdo.table import calls as table
from lambdo.table import keys, writes
from lambdo.table.wire import Item
from lambdo.users import store as users
from lambdo.users.models import Account

_FIELDS = ("epoch", "token_hash", "previous_hash", "user_agent", "created_at", "rotated_at", "expires_at")


def put(session: Session) -> None:
    """Create the session. One call, 1 WRU."""
    table.put(
        {
            "pk": keys.user(session["user_id"]),
            "sk": keys.session(session["id"]),
            **{name: value for name, value in session.items() if name not in {"id", "user_id"}},
        }
    )


def query(user_id: str, *, limit: int) -> list[Session]:
    """Return the sessions begun last, newest first, ended ones included. One call, 1 RRU for each 4 KB begun."""
    items, _ = table.query(keys.user(user_id), keys.starting_with(keys.SESSIONS), limit=limit)
    return [_session(item) for item in items]


def query_ended(user_id: str, epoch: int) -> Iterator[str]:
    """Yield the ids of sessions of earlier epochs, oldest first. One call for each MB."""
    items = table.query_all(keys.user(user_id), keys.starting_with(keys.SESSIONS))
    return (keys.id_of(item["sk"]) for item in items if item["epoch"] < epoch)


def update_token(
    user_id: str, session_id: str, old_hash: str, new_hash: str, *, epoch: int, now: int
) -> tuple[Session, bool]:
    """Make the new token the live one if the old one is live and the session has not ended. One call, 1 WRU.

    `epoch` is the account's. The session may have been carried over into a later one since that was read.

    Returns
    -------
    tuple[Session, bool]
        The session as it now stands, and whether the new token became the live one.

    Raises
    ------
    table.ConditionFailedError
        If there is no such session.
    """
    try:
        item = table.update_and_get(
            writes.update(
                keys.user(user_id),
                keys.session(session_id),
                {"token_hash": new_hash, "previous_hash": old_hash, "rotated_at": now},
                condition="token_hash = :old AND expires_at > :now AND epoch >= :epoch",
                values={":old": old_hash, ":now": now, ":epoch": epoch},
            )
        )
    except table.ConditionFailedError as error:
        if error.current is None:
            raise
        return _session(error.current), False
    return _session(item), True


def end_all(
    account: Account,
    *,
    now: int,
    but: str | None = None,
    password_hash: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> bool:
    """End every session of the account but one; set password and profile where they are given (`users.end_sessions`). One call.

    Returns
    -------
    bool
        False if sessions were ended or the password was changed since the account was read.

    Raises
    ------
    table.ConditionFailedError
        If the session that is to go on has ended.
    """
    epoch = account["session_epoch"]
    all_writes = [*users.end_sessions(account, password_hash=password_hash, changes=changes)]
    if but is not None:
        all_writes.append(
            writes.update(
                keys.user(account["user"]["id"]),
                keys.session(but),
                {"epoch": epoch + 1},
                condition="epoch = :epoch AND expires_at > :now",
                values={":epoch": epoch, ":now": now},
            )
        )
    try:
        table.transact(*all_writes)
    except table.TransactionRefusedError as error:
        if error.currents.keys() == {2}:  # the session alone: the account is as it was read
            raise table.ConditionFailedError(error.currents[2]) from error
        return False
    return True


def delete(user_id: str, session_id: str, *, token_hash: str | None = None) -> None:
    """End the session; where a hash is given, only if it is of the live token or the one before. One call, 1 WRU.

    Raises
    ------
    table.ConditionFailedError
        If there is no such session, or the hash is of neither token.
    """
    condition, values = writes.EXISTS, None
    if token_hash is not None:
        condition, values = "token_hash = :hash OR previous_hash = :hash", {":hash": token_hash}
    table.delete(writes.delete(keys.user(user_id), keys.session(session_id), condition=condition, values=values))


def delete_all(user_id: str, session_ids: Collection[str]) -> None:
    """Delete the items of ended sessions. One call for each 25."""
    table.delete_all(keys.user(user_id), [keys.session(session_id) for session_id in session_ids])


def _session(item: Item) -> Session:
    return cast(
        "Session",
        {
            "id": keys.id_of(item["sk"]),
            "user_id": keys.id_of(item["pk"]),
            **{name: item.get(name) for name in _FIELDS},
        },
    )
