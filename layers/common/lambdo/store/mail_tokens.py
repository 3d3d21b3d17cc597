"""What proves the tokens of mails: an item for each that was sent, under its user, keyed by the token's hash."""

from lambdo.mail_tokens import MailToken
from lambdo.models.mail import Purpose
from lambdo.store import keys, table


def put(purpose: Purpose, token: MailToken, session_epoch: int, expires_at: int) -> None:
    """Let the token serve this purpose until then (Unix seconds), in this epoch of the account's sessions. One call, 1 WRU."""
    sk = keys.mail_token(purpose, token.hash())
    table.put({"pk": keys.user(token.user_id), "sk": sk, "session_epoch": session_epoch, "expires_at": expires_at})


def get_session_epoch(purpose: Purpose, token: MailToken, now: int) -> int | None:
    """Return the epoch that the token was made in, or None if it is unknown or expired. One call, 1 RRU."""
    item = table.get(keys.user(token.user_id), keys.mail_token(purpose, token.hash()))
    return item["session_epoch"] if item and item["expires_at"] > now else None
