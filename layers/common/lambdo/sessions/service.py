"""Looking at sessions and ending them, one or all at once. What begins them and carries them on is in `session_tokens`."""

import time
from contextlib import suppress
from itertools import batched
from typing import Final

from lambdo.base import events, times
from lambdo.base.problems import ServiceUnavailable, SessionNotFound, Unauthenticated, UserNotFound
from lambdo.sessions import refresh_tokens
from lambdo.sessions import store as sessions
from lambdo.sessions.models import MAX_SHOWN, Session, ShownSession
from lambdo.table.calls import ConditionFailedError
from lambdo.table.records import recorded
from lambdo.users import store as users
from lambdo.users.models import Account

_ATTEMPTS: Final = 4
_SWEEP_SECONDS: Final = 3
_PIECE: Final = 100  # items deleted between two looks at the clock


def list_sessions(user_id: str, current_id: str) -> list[ShownSession]:
    """Return the living among the 100 sessions that were begun last, newest first; raises UserNotFound."""
    account, now = _account(user_id), times.unix()
    return [
        _shown(session, current_id)
        for session in sessions.query(user_id, limit=MAX_SHOWN)
        if session["expires_at"] > now and session["epoch"] >= account["session_epoch"]
    ]


def log_out(token: str) -> None:
    """End the session of a refresh token; one that is unknown, spent or malformed ends nothing, in silence (RFC 7009)."""
    with suppress(ValueError, ConditionFailedError):
        parsed = refresh_tokens.parse(token)
        sessions.delete(parsed.user_id, parsed.session_id, token_hash=parsed.hash())
        events.record("logged_out", user_id=parsed.user_id)


def log_out_by_id(user_id: str, session_id: str) -> None:
    """End a session whose access token has been verified; one that has ended already is fine."""
    with suppress(ConditionFailedError):
        sessions.delete(user_id, session_id)
        events.record("logged_out", user_id=user_id)


def end_session(user_id: str, session_id: str) -> None:
    """End one session; raises SessionNotFound."""
    try:
        with recorded(user_id, None):
            sessions.delete(user_id, session_id)
    except ConditionFailedError as error:
        raise SessionNotFound from error
    events.record("session_ended")


def end_sessions(user_id: str, *, but: str | None) -> None:
    """End every session of the user but one.

    Raises
    ------
    UserNotFound, Unauthenticated
        If the account has been deleted, or the session that is to go on has ended itself.
    """
    for _ in range(_ATTEMPTS):
        if end_all(_account(user_id), but=but):
            events.record("sessions_ended")
            return
    raise ServiceUnavailable


def end_all(account: Account, *, but: str | None = None, password_hash: str | None = None) -> bool:
    """End every session of the account but one, and replace the password where a new hash is given, in one write.

    Returns
    -------
    bool
        False if sessions were ended or the password was changed since the account was read.

    Raises
    ------
    Unauthenticated
        If the session that is to go on has ended.
    """
    user_id = account["user"]["id"]
    try:
        with recorded(user_id, None):
            ended = sessions.end_all(account, but=but, now=times.unix(), password_hash=password_hash)
    except ConditionFailedError as error:
        raise Unauthenticated("The session has ended.") from error
    if ended:
        sweep(user_id, account["session_epoch"] + 1)
    return ended


def sweep(user_id: str, epoch: int) -> None:
    """Delete sessions of earlier epochs. They count for nothing: what time or throughput leave undone expires."""
    end = time.monotonic() + _SWEEP_SECONDS
    with suppress(ServiceUnavailable):
        for ended in batched(sessions.query_ended(user_id, epoch), _PIECE, strict=False):
            sessions.delete_all(user_id, ended)
            if time.monotonic() > end:
                return


def _account(user_id: str) -> Account:
    account = users.get_account(user_id)
    if account is None:
        raise UserNotFound
    return account


def _shown(session: Session, current_id: str) -> ShownSession:
    rotated_at = session["rotated_at"]
    return {
        "id": session["id"],
        "user_agent": session["user_agent"],
        "created_at": session["created_at"],
        "last_used_at": times.of_unix(rotated_at) if rotated_at else session["created_at"],
        "expires_at": times.of_unix(session["expires_at"]),
        "current": session["id"] == current_id,
    }
