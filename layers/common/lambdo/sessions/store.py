"""Sessions: each is an item with hashes of the current refresh token and the previous one."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, cast

from lambdo.base.versions import OvertakenError
from lambdo.sessions.models import Session
from lambdo.table import calls, keys, writes
from lambdo.table.wire import Item
from lambdo.table.writes import Companion
from lambdo.users import store as users
from lambdo.users.models import Account

_ATTRIBUTES: Final = tuple(name for name in Session.__annotations__ if name not in {"id", "user_id"})


class SessionEndedError(Exception):
    """The session has ended, or never existed."""


def put(session: Session, record: Companion | None = None) -> None:
    """Create the session. One call, 1 WRU."""
    calls.put(
        {
            "pk": keys.user(session["user_id"]),
            "sk": keys.session(session["id"]),
            **{name: value for name, value in session.items() if name in _ATTRIBUTES},
        },
        record,
    )


def query(user_id: str, *, limit: int) -> list[Session]:
    """Return the newest sessions, newest first, including ended ones. One call, 1 RRU for each 4 KB begun."""
    items, _ = calls.query(keys.user(user_id), keys.starting_with(keys.SESSIONS), limit=limit)
    return [_session(item) for item in items]


def query_ended(user_id: str, epoch: int) -> Iterator[str]:
    """Yield the ids of sessions of earlier epochs, oldest first. One call for each MB."""
    items = calls.query_all(keys.user(user_id), keys.starting_with(keys.SESSIONS))
    return (keys.id_of(item["sk"]) for item in items if item["epoch"] < epoch)


def update_token(
    user_id: str, session_id: str, old_hash: str, new_hash: str, *, epoch: int, now: int
) -> tuple[Session, bool]:
    """Replace the old token by the new one if the old one is current and the session has not ended. One call, 1 WRU.

    `epoch` is the account's epoch as it was read. The session may have moved to a later epoch since.

    Returns
    -------
    tuple[Session, bool]
        The session as it is now, and whether the token was replaced.

    Raises
    ------
    SessionEndedError
        If the session does not exist.
    """
    try:
        item = calls.update_and_get(
            writes.update(
                keys.user(user_id),
                keys.session(session_id),
                {"token_hash": new_hash, "previous_hash": old_hash, "rotated_at": now},
                condition="token_hash = :old AND expires_at > :now AND epoch >= :epoch",
                values={":old": old_hash, ":now": now, ":epoch": epoch},
            )
        )
    except calls.ConditionFailedError as error:
        if error.current is None:
            raise SessionEndedError from error
        return _session(error.current), False
    return _session(item), True


def end_all(
    account: Account,
    record: Companion | None = None,
    *,
    now: int,
    but: str | None = None,
    password_hash: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """End every session of the account except `but`; set password and profile if given (see `users.end_sessions`).

    One call.

    Raises
    ------
    OvertakenError
        If all sessions were ended or the password was changed since the account was read.
    SessionEndedError
        If the session to keep has ended.
    """
    epoch = account["session_epoch"]
    all_writes = users.end_sessions(account, password_hash=password_hash, changes=changes)
    if but is not None:
        all_writes["session"] = writes.update(
            keys.user(account["user"]["id"]),
            keys.session(but),
            {"epoch": epoch + 1},
            condition="epoch = :epoch AND expires_at > :now",
            values={":epoch": epoch, ":now": now},
        )
    try:
        calls.transact(all_writes, record)
    except calls.TransactionRefusedError as error:
        if error.failed == {"session"}:  # the account has not changed since it was read
            raise SessionEndedError from error
        raise OvertakenError(is_known=False) from error


def delete(user_id: str, session_id: str, record: Companion | None = None, *, token_hash: str | None = None) -> None:
    """End the session; if a hash is given, only if the current or the previous token has it. One call, 1 WRU.

    Raises
    ------
    SessionEndedError
        If the session does not exist, or neither token has the hash.
    """
    condition, values = writes.EXISTS, None
    if token_hash is not None:
        condition, values = "token_hash = :hash OR previous_hash = :hash", {":hash": token_hash}
    write = writes.delete(keys.user(user_id), keys.session(session_id), condition=condition, values=values)
    try:
        calls.delete(write, record)
    except calls.ConditionFailedError as error:
        raise SessionEndedError from error


def delete_all(user_id: str, session_ids: Collection[str]) -> None:
    """Delete the items of ended sessions. One call for each 25."""
    calls.delete_all(keys.user(user_id), [keys.session(session_id) for session_id in session_ids])


def _session(item: Item) -> Session:
    return cast(
        "Session",
        {
            "id": keys.id_of(item["sk"]),
            "user_id": keys.id_of(item["pk"]),
            **{name: item.get(name) for name in _ATTRIBUTES},
        },
    )
