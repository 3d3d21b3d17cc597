"""Mails about accounts: asking for one, and sending what was asked for. What their tokens can do is in `recovery`."""

from lambdo.base import events, times
from lambdo.mails import mail_tokens, sender, store
from lambdo.mails.models import LIFETIMES, REQUEST_LIFETIME, MailRequest, Purpose
from lambdo.table.records import Record, with_record
from lambdo.users import store as users
from lambdo.users import throttles
from lambdo.users.models import Account


def request_password_reset(email: str, source_ip: str, record: Record = None) -> None:
    """Ask for the mail with which the owner of the address, if it has one, chooses a new password.

    The same three writes whether or not there is an account, so that neither answer nor time tells.

    Raises
    ------
    TooManyRequests
        If too many mails were asked for from the source address, or to this address.
    """
    sender.check_configured()
    throttles.count(throttles.mails_from(source_ip))
    throttles.count(throttles.mails_to(email))
    store.put_request(_request("reset_password", email=email), with_record(record, email, None))
    events.record("password_reset_requested")


def request_email_verification(user_id: str, record: Record = None) -> None:
    """Ask for the mail with which the user confirms the address; raises TooManyRequests if that was done too often."""
    sender.check_configured()
    throttles.count(throttles.mails_to(user_id))
    store.put_request(make_verification(user_id), with_record(record, user_id, None))
    events.record("verification_requested")


def make_verification(user_id: str) -> MailRequest:
    """Return the request for the mail with which the user confirms the address."""
    return _request("verify_email", user_id=user_id)


def send_requested(pk: str, sk: str) -> None:
    """Send the mail whose request lies under this key; nothing if it is sent already, or nobody is to get it.

    A run that breaks off is repeated with another token. The first mail may have gone out: its token stays good as well.
    """
    request = store.get_request(pk, sk)
    if request is None:
        return
    account = _recipient(request)
    if account is not None:
        _send(request["purpose"], account)
    store.delete_request(request)


def _send(purpose: Purpose, account: Account) -> None:
    user = account["user"]
    token = mail_tokens.new(user["id"])
    expires_at = times.unix() + LIFETIMES[purpose]
    store.put_token(purpose, token, account["session_epoch"], expires_at)
    try:
        sender.send(purpose, user["email"], str(token))
    except sender.MailRefusedError:
        events.record("mail_refused", user_id=user["id"])
    else:
        events.record("mail_sent", user_id=user["id"])


def _recipient(request: MailRequest) -> Account | None:
    """Return the account that the mail is for, or None if there is none, or its address needs no confirming."""
    if request["email"] is not None:
        return users.get_credential(request["email"])
    account = users.get_account(str(request["user_id"]))
    return account if account and not account["user"]["email_verified"] else None


def _request(purpose: Purpose, *, email: str | None = None, user_id: str | None = None) -> MailRequest:
    now = times.now()
    return {
        "purpose": purpose,
        "email": email,
        "user_id": user_id,
        "requested_at": times.rfc3339(now),
        "expires_at": int(now.timestamp()) + REQUEST_LIFETIME,
    }
