"""The tokens in the links of emails, without the emails."""

from lambdo.base import times
from lambdo.mails import mail_tokens
from lambdo.mails import store as stored_tokens
from lambdo.mails.models import LIFETIMES, Purpose
from tools.in_process.api import Caller


def issue(user: Caller, purpose: Purpose) -> str:
    """Make a token like one in an email."""
    token = mail_tokens.new(user.id)
    stored_tokens.put_token(purpose, token, 0, times.unix() + LIFETIMES[purpose])
    return str(token)
