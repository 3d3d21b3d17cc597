"""Redeeming tokens from emails: to set a new password, or to confirm the email address."""

from lambdo.accounts.service import refuse_address, update_user
from lambdo.base import events, times
from lambdo.base.problems import InvalidMailToken, UserNotFound
from lambdo.base.versions import OvertakenError
from lambdo.mails import mail_tokens, sender
from lambdo.mails import store as mails
from lambdo.mails.mail_tokens import MailToken
from lambdo.mails.models import Purpose
from lambdo.sessions import store as sessions
from lambdo.table.records import Record, with_record
from lambdo.users import passwords
from lambdo.users import store as users


def reset_password(text: str, password: str, record: Record = None) -> None:
    """Set a new password with the token from an email; all sessions end, and the address is confirmed.

    This uses up the token, because it is valid in only one session epoch of the account (decision 0016).

    Raises
    ------
    InvalidMailToken
        If the token is unknown, used up or expired, or all sessions were ended since it was made.
    InvalidFields
        If the password is the email address.
    """
    token, session_epoch = _redeem("reset_password", text)
    account = users.get_account(token.user_id)
    if account is None or account["session_epoch"] != session_epoch:
        raise InvalidMailToken
    refuse_address(account["user"]["email"], "password", password)
    password_hash, now = passwords.hash_password(password), times.unix()
    proof = with_record(record, token.user_id, None)
    try:
        sessions.end_all(account, proof, now=now, password_hash=password_hash, changes={"email_verified": True})
    except OvertakenError as error:
        raise InvalidMailToken from error
    events.record("password_reset", user_id=token.user_id)


def verify_email(text: str) -> None:
    """Confirm the email address with the token from an email. It can be used again: programs open links in emails, too.

    Raises
    ------
    InvalidMailToken
        If the token is unknown or expired, or the account was deleted.
    """
    token, _ = _redeem("verify_email", text)
    try:
        update_user(token.user_id, {"email_verified": True}, None)
    except UserNotFound as error:
        raise InvalidMailToken from error
    events.record("email_verified", user_id=token.user_id)


def find_owner(text: str) -> str | None:
    """Return the id of the user that an email's token names, without verifying it, or None if it is malformed."""
    try:
        return mail_tokens.parse(text).user_id
    except ValueError:
        return None


def _redeem(purpose: Purpose, text: str) -> tuple[MailToken, int]:
    """Return a token that has not expired, and the session epoch in which it was made."""
    sender.check_configured()
    try:
        token = mail_tokens.parse(text)
    except ValueError as error:
        raise InvalidMailToken from error
    session_epoch = mails.get_session_epoch(purpose, token, times.unix())
    if session_epoch is None:
        raise InvalidMailToken
    return token, session_epoch
