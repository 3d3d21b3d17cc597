"""Sessions: an item each, holding hashes of the live refresh token and of the one before it."""

from typing import cast

from lambdo.models.session import Session
from lambdo.store import keys, table, writes
from lambdo.store.wire import Item


def put(session: Session) -> None:
    """Create the session. One call, 1 WRU."""
    table.put(
        {
            "pk": keys.user(session["user_id"]),
            "sk": keys.session(session["id"]),
            **{name: value for name, value in session.items() if name not in {"id", "user_id"}},
        }
    )


def update_token(
    user_id: str, session_id: str, old_hash: str, new_hash: str, *, epoch: int, now: int
) -> Session | None:
    """Make the new token the live one if the old one is live and the session has not ended. One call, 1 WRU.

    `epoch` is the account's. The session may have been carried over into a later one since that was read.

    Returns
    -------
    Session | None
        None on success; otherwise the session as it stands.

    Raises
    ------
    table.ConditionFailedError
        If there is no such session.
    """
    try:
        table.update(
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
        return _session(error.current)
    return None


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


def _session(item: Item) -> Session:
    return cast(
        "Session",
        {
            "id": keys.id_of(item["sk"]),
            "user_id": keys.id_of(item["pk"]),
            **{
                name: item.get(name)
                for name in ("epoch", "token_hash", "previous_hash", "created_at", "rotated_at", "expires_at")
            },
        },
    )
