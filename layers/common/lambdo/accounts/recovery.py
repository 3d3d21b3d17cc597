"""What the tokens of mails can do: set a new password, confirm the email address."""

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
    """Set a new password by the token of a mail; all sessions end, and the address is confirmed.

    The token is spent with that: it is good in one epoch of the account's sessions only (decision 0016).

    Raises
    ------
    InvalidMailToken
        If the token is not one of ours, spent or expired, or all sessions were ended since it was made.
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
    """Confirm the email address by the token of a mail. The token is not spent: programs open links in mails, too.

    Raises
    ------
    InvalidMailToken
        If the token is not one of ours or expired, or the account is gone.
    """
    token, _ = _redeem("verify_email", text)
    try:
        update_user(token.user_id, {"email_verified": True}, None)
    except UserNotFound as error:
        raise InvalidMailToken from error
    events.record("email_verified", user_id=token.user_id)


def find_owner(text: str) -> str | None:
    """Return the id of the user that a mail's token names, proven or not, or None if it is malformed."""
    try:
        return mail_tokens.parse(text).user_id
    except ValueError:
        return None


def _redeem(purpose: Purpose, text: str) -> tuple[MailToken, int]:
    """Return a token that can still serve, and the epoch of the account's sessions in which it was made."""
    sender.check_configured()
    try:
        token = mail_tokens.parse(text)
    except ValueError as error:
        raise InvalidMailToken from error
    session_epoch = mails.get_session_epoch(purpose, token, times.unix())
    if session_epoch is None:
        raise InvalidMailToken
    return token, session_epoch
