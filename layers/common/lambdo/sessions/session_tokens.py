"""The tokens of sessions: a login gives the first pair, a refresh the next. `service` ends sessions."""

from typing import Final, NamedTuple, TypedDict

from lambdo.base import events, ids, times
from lambdo.base.key import Key
from lambdo.base.problems import InvalidRefreshToken, RefreshTokenReused
from lambdo.base.settings import settings
from lambdo.sessions import access_tokens, refresh_tokens, store
from lambdo.sessions.models import GRACE, LIFETIME
from lambdo.sessions.refresh_tokens import RefreshToken
from lambdo.sessions.store import SessionEndedError
from lambdo.table import key_sets
from lambdo.table.records import Record, with_record
from lambdo.users import store as users
from lambdo.users.models import Account

_MAX_USER_AGENT: Final = 256


class Tokens(NamedTuple):
    """A new pair of tokens, and when its session ends (Unix seconds)."""

    access_token: str
    refresh_token: str
    expires_at: int


class StartedSession(TypedDict):
    """The fields of a session that its first tokens are derived from. None is secret, so a record may store them."""

    id: str
    expires_at: int


def start_session(account: Account, user_agent: str, record: Record = None) -> StartedSession:
    """Start a session in the epoch in which the password was verified.

    The user agent can be any text that the client sends. Its printable characters are stored, so that the user can
    recognise the session; it is never logged.
    """
    user_id, session_id, now = account["user"]["id"], ids.new_id(), times.now()
    token = refresh_tokens.derive(_signing_key()["secret"], user_id, session_id, 0)
    started: StartedSession = {"id": session_id, "expires_at": int(now.timestamp()) + LIFETIME}
    store.put(
        {
            **started,
            "user_id": user_id,
            "epoch": account["session_epoch"],
            "token_hash": token.hash(),
            "previous_hash": None,
            "user_agent": "".join(filter(str.isprintable, user_agent)).strip()[:_MAX_USER_AGENT] or None,
            "created_at": times.rfc3339(now),
            "rotated_at": None,
        },
        with_record(record, user_id, started),
    )
    events.record("logged_in", user_id=user_id)
    return started


def derive_first_tokens(user_id: str, session: StartedSession) -> Tokens:
    """Return the first pair of tokens of a new session."""
    return _pair(refresh_tokens.derive(_signing_key()["secret"], user_id, session["id"], 0), session["expires_at"])


def refresh(text: str) -> Tokens:
    """Exchange a refresh token for the session's next pair.

    For 30 s, the token that was just replaced gets the same successor again, because the response may have been lost,
    or two tabs may have refreshed at once. Any other use of a replaced token ends the session, because someone else may
    have the token (RFC 9700 section 4.14.2).

    Raises
    ------
    InvalidRefreshToken
        If the token was not issued by this API, or its session has ended.
    RefreshTokenReused
        If the token was used before; the session is ended.
    """
    token = _parsed(text)
    successor = _derive_next(token, _signing_key())
    now = times.unix()
    try:
        account = users.get_account(token.user_id)
        if account is None:
            raise InvalidRefreshToken  # the account was deleted; its sessions are deleted with the rest of it
        epoch = account["session_epoch"]
        session, rotated = store.update_token(
            token.user_id, token.session_id, token.hash(), successor.hash(), epoch=epoch, now=now
        )
        if rotated:
            return _pair(successor, session["expires_at"])
        if session["expires_at"] <= now or session["epoch"] < epoch:
            raise InvalidRefreshToken
        if session["previous_hash"] == token.hash() and now - (session["rotated_at"] or 0) <= GRACE:
            return _pair(_live_token(token, session["token_hash"]), session["expires_at"])
        if not any(refresh_tokens.is_genuine(token, key["secret"]) for key in _signing_keys()):
            raise InvalidRefreshToken
        events.record("token_reused", user_id=token.user_id)
        store.delete(token.user_id, token.session_id)
    except SessionEndedError as error:
        raise InvalidRefreshToken from error
    raise RefreshTokenReused


def _parsed(text: str) -> RefreshToken:
    try:
        return refresh_tokens.parse(text)
    except ValueError as error:
        raise InvalidRefreshToken from error


def _derive_next(token: RefreshToken, key: Key) -> RefreshToken:
    return refresh_tokens.derive(key["secret"], token.user_id, token.session_id, token.generation + 1)


def _live_token(token: RefreshToken, live_hash: str) -> RefreshToken:
    """Return the token's successor, which is the session's current token, whichever key it was derived with.

    Raises
    ------
    InvalidRefreshToken
        If its key is no longer kept: the user must log in again.
    """
    for key in _signing_keys():
        successor = _derive_next(token, key)
        if successor.hash() == live_hash:
            return successor
    raise InvalidRefreshToken


def _pair(token: RefreshToken, expires_at: int) -> Tokens:
    return Tokens(access_tokens.issue(_signing_key(), token.user_id, token.session_id), str(token), expires_at)


def _signing_keys() -> list[Key]:
    return key_sets.get_cached(settings.signing_keys_parameter)


def _signing_key() -> Key:
    wanted = settings.signing_key_id
    return next(key for key in _signing_keys() if key["id"] == wanted)
