"""Listing sessions and ending them, one or all at once. `session_tokens` starts and refreshes them."""

import time
from contextlib import suppress
from itertools import batched
from typing import Final

from lambdo.base import events, times
from lambdo.base.problems import ServiceUnavailable, SessionNotFound, Unauthenticated, UserNotFound
from lambdo.base.versions import retry
from lambdo.sessions import refresh_tokens, store
from lambdo.sessions.models import MAX_SHOWN, Session, ShownSession
from lambdo.sessions.store import SessionEndedError
from lambdo.table.records import Record, with_record
from lambdo.users import store as users
from lambdo.users.models import Account

_SWEEP_SECONDS: Final = 3
_PIECE: Final = 100  # items deleted between two checks of the clock


def list_sessions(user_id: str, current_id: str) -> list[ShownSession]:
    """Return the active sessions among the 100 newest, newest first; raises UserNotFound."""
    account, now = require_account(users.get_account(user_id)), times.unix()
    return [
        _show(session, current_id)
        for session in store.query(user_id, limit=MAX_SHOWN)
        if session["expires_at"] > now and session["epoch"] >= account["session_epoch"]
    ]


def log_out(token: str) -> None:
    """End the session of a refresh token; do nothing if the token is unknown, used up or malformed (RFC 7009)."""
    with suppress(ValueError, SessionEndedError):
        parsed = refresh_tokens.parse(token)
        store.delete(parsed.user_id, parsed.session_id, token_hash=parsed.hash())
        events.record("logged_out", user_id=parsed.user_id)


def log_out_by_id(user_id: str, session_id: str) -> None:
    """End a session whose access token was verified; do nothing if it has already ended."""
    with suppress(SessionEndedError):
        store.delete(user_id, session_id)
        events.record("logged_out", user_id=user_id)


def end_session(user_id: str, session_id: str, record: Record = None) -> None:
    """End one session; raises SessionNotFound."""
    proof = with_record(record, user_id, None)
    try:
        store.delete(user_id, session_id, proof)
    except SessionEndedError as error:
        raise SessionNotFound from error
    events.record("session_ended")


def end_sessions(user_id: str, record: Record = None, *, but: str | None) -> None:
    """End every session of the user except `but`.

    Raises
    ------
    UserNotFound, Unauthenticated
        If the account was deleted, or the session to keep has ended.
    """

    def end(account: Account | None) -> None:
        end_all(require_account(account), record, but=but)

    retry(lambda: users.get_account(user_id), end)
    events.record("sessions_ended")


def end_all(
    account: Account, record: Record = None, *, but: str | None = None, password_hash: str | None = None
) -> None:
    """End every session of the account except `but`, and replace the password if a new hash is given, in one write.

    Raises
    ------
    OvertakenError
        If all sessions were ended or the password was changed since the account was read.
    Unauthenticated
        If the session to keep has ended.
    """
    user_id = account["user"]["id"]
    proof = with_record(record, user_id, None)
    try:
        store.end_all(account, proof, but=but, now=times.unix(), password_hash=password_hash)
    except SessionEndedError as error:
        raise Unauthenticated("The session has ended.") from error
    sweep(user_id, account["session_epoch"] + 1)


def require_account(account: Account | None) -> Account:
    """Return the account; raises UserNotFound if it is None."""
    if account is None:
        raise UserNotFound
    return account


def sweep(user_id: str, epoch: int) -> None:
    """Delete sessions of earlier epochs. They have ended; those left for lack of time or throughput expire later."""
    end = time.monotonic() + _SWEEP_SECONDS
    with suppress(ServiceUnavailable):
        for ended in batched(store.query_ended(user_id, epoch), _PIECE, strict=False):
            store.delete_all(user_id, ended)
            if time.monotonic() > end:
                return


def _show(session: Session, current_id: str) -> ShownSession:
    rotated_at = session["rotated_at"]
    return {
        "id": session["id"],
        "user_agent": session["user_agent"],
        "created_at": session["created_at"],
        "last_used_at": times.of_unix(rotated_at) if rotated_at else session["created_at"],
        "expires_at": times.of_unix(session["expires_at"]),
        "current": session["id"] == current_id,
    }
