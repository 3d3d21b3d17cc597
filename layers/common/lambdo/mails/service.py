"""Emails about accounts: how they are requested and sent. `accounts.recovery` redeems their tokens."""

from lambdo.base import events, times
from lambdo.mails import mail_tokens, sender, store
from lambdo.mails.models import LIFETIMES, REQUEST_LIFETIME, MailRequest, Purpose
from lambdo.table.records import Record, with_record
from lambdo.users import store as users
from lambdo.users import throttles
from lambdo.users.models import Account


def request_password_reset(email: str, source_ip: str, record: Record = None) -> None:
    """Request the email with which the owner of the address, if it has one, chooses a new password.

    It makes the same three writes whether or not there is an account, so that neither the response nor its time
    reveals this.

    Raises
    ------
    TooManyRequests
        If too many emails were requested from the source address, or to this email address.
    """
    sender.check_configured()
    throttles.count(throttles.mails_from(source_ip))
    throttles.count(throttles.mails_to(email))
    store.put_request(_request("reset_password", email=email), with_record(record, email, None))
    events.record("password_reset_requested")


def request_email_verification(user_id: str, record: Record = None) -> None:
    """Request the email with which the user confirms the address; raises TooManyRequests after too many requests."""
    sender.check_configured()
    throttles.count(throttles.mails_to(user_id))
    store.put_request(make_verification(user_id), with_record(record, user_id, None))
    events.record("verification_requested")


def make_verification(user_id: str) -> MailRequest:
    """Return the request for the email with which the user confirms the address."""
    return _request("verify_email", user_id=user_id)


def send_requested(pk: str, sk: str) -> None:
    """Send the email whose request is stored under this key, unless it was already sent or has no recipient.

    If a run is interrupted, the next one sends a new token. The first email may have been sent: its token stays valid.
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
    """Return the account that the email is for, or None if it does not exist or has already confirmed its address."""
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
