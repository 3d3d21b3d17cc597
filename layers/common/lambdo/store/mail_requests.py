"""Mails to send: an item each, which the table's stream brings to send_mail and which goes when the mail is sent.

A reset is asked for by address, whether or not somebody has it, so that asking is the same one write for all.
"""

from contextlib import suppress
from typing import cast

from lambdo.models.mail import MailRequest
from lambdo.store import keys, table, writes


def put(request: MailRequest) -> None:
    """Ask for the mail, in place of one that is asked for already. One call, 1 WRU."""
    pk, sk = _key(request)
    table.replace({"pk": pk, "sk": sk, **request})


def create(request: MailRequest) -> writes.Write:
    """Return the write that asks for a mail in a transaction."""
    pk, sk = _key(request)
    return writes.put({"pk": pk, "sk": sk, **request})


def get(pk: str, sk: str) -> MailRequest | None:
    """Return the request under a key that the stream has brought, or None if the mail is sent. One call, 1 RRU."""
    item = table.get(pk, sk)
    if item is None:
        return None
    names = MailRequest.__annotations__
    return cast("MailRequest", {name: item.get(name) for name in names})


def delete(request: MailRequest) -> None:
    """Forget a request that has been met, unless it was made anew meanwhile. One call."""
    values = {":at": request["requested_at"]}
    with suppress(table.ConditionFailedError):
        table.delete(writes.delete(*_key(request), condition="requested_at = :at", values=values))


def _key(request: MailRequest) -> tuple[str, str]:
    email, user_id = request["email"], request["user_id"]
    return keys.email(email) if email else keys.user(str(user_id)), keys.mail_request(request["purpose"])
