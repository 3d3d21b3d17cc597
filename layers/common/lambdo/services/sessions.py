"""Ending sessions: one of them, or all at once. What begins them and carries them on is in `session_tokens`."""

from contextlib import suppress

from lambdo import events, refresh_tokens
from lambdo.store import sessions
from lambdo.store.table import ConditionFailedError


def log_out(text: str) -> None:
    """End the session of a refresh token; one that is unknown, spent or malformed ends nothing, in silence (RFC 7009)."""
    with suppress(ValueError, ConditionFailedError):
        token = refresh_tokens.parse(text)
        sessions.delete(token.user_id, token.session_id, token_hash=token.hash())
        events.record("logged_out", user_id=token.user_id)


def log_out_by_id(user_id: str, session_id: str) -> None:
    """End a session whose access token has been verified; one that has ended already is fine."""
    with suppress(ConditionFailedError):
        sessions.delete(user_id, session_id)
        events.record("logged_out", user_id=user_id)
