"""Emails in the table: an item for each requested email, and one for each token that was sent.

The table's stream delivers a request to send_mail, which deletes it after sending the email. A password reset is
requested by email address, whether or not an account has it, so that each request makes the same write. A token's item
is in its user's partition, and its key has the token's hash.
"""

from contextlib import suppress
from typing import cast

from lambdo.mails.mail_tokens import MailToken
from lambdo.mails.models import MailRequest, Purpose
from lambdo.table import calls, keys, writes
from lambdo.table.writes import Companion


def put_request(request: MailRequest, record: Companion | None = None) -> None:
    """Request the email, replacing an earlier request for the same. One call, 1 WRU."""
    pk, sk = _key(request)
    calls.replace({"pk": pk, "sk": sk, **request}, record)


def create_request(request: MailRequest) -> writes.Write:
    """Return the write that requests an email as part of a transaction."""
    pk, sk = _key(request)
    return writes.put({"pk": pk, "sk": sk, **request})


def get_request(pk: str, sk: str) -> MailRequest | None:
    """Return the request under a key from the stream, or None if the email was already sent. One call, 1 RRU."""
    item = calls.get(pk, sk)
    if item is None:
        return None
    names = MailRequest.__annotations__
    return cast("MailRequest", {name: item.get(name) for name in names})


def delete_request(request: MailRequest) -> None:
    """Delete a request that was carried out, unless a new one has replaced it since. One call."""
    values = {":at": request["requested_at"]}
    with suppress(calls.ConditionFailedError):
        calls.delete(writes.delete(*_key(request), condition="requested_at = :at", values=values))


def put_token(purpose: Purpose, token: MailToken, session_epoch: int, expires_at: int) -> None:
    """Store a token, valid until `expires_at` (Unix seconds) and in this session epoch. One call, 1 WRU."""
    sk = keys.mail_token(purpose, token.hash())
    calls.put({"pk": keys.user(token.user_id), "sk": sk, "session_epoch": session_epoch, "expires_at": expires_at})


def get_session_epoch(purpose: Purpose, token: MailToken, now: int) -> int | None:
    """Return the session epoch in which the token was made, or None if it is unknown or expired. One call, 1 RRU."""
    item = calls.get(keys.user(token.user_id), keys.mail_token(purpose, token.hash()))
    return item["session_epoch"] if item and item["expires_at"] > now else None


def _key(request: MailRequest) -> tuple[str, str]:
    email, user_id = request["email"], request["user_id"]
    return keys.email(email) if email else keys.user(str(user_id)), keys.mail_request(request["purpose"])
