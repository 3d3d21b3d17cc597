"""Emails: their texts, and sending them through Amazon SES. `service` decides their recipients, and when they are sent.

An email never contains text that a person typed: anyone could register another person's address to have it sent there.
"""

import html
from functools import cache
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

from lambdo.base.problems import MailNotConfigured
from lambdo.base.settings import settings
from lambdo.mails.models import Purpose
from lambdo.table import aws
from lambdo.table.error_codes import Meaning


class MailError(Exception):
    """SES did not accept an email. The message is only the error's code, because SES's messages contain addresses."""


class MailRefusedError(MailError):
    """SES rejects this email or its recipient; a retry would be refused as well."""


class Words(NamedTuple):
    """The texts of an email around its link."""

    subject: str
    lead: str
    action: str
    note: str


WORDS: Final[dict[Purpose, Words]] = {
    "reset_password": Words(
        subject="Reset your password",
        lead="We received a request to reset your password. Choose a new password here:",
        action="Choose a new password",
        note="This link works once and expires after 30 minutes. Your new password logs you out on all devices. "
        "If you didn't ask for this, ignore this email and your password will not change.",
    ),
    "verify_email": Words(
        subject="Confirm your email address",
        lead="An account was created with this email address. Please confirm that it's yours:",
        action="Confirm email address",
        note="This link expires after 24 hours. If you didn't create an account, ignore this email.",
    ),
}


def is_configured() -> bool:
    """Tell whether this deployment sends emails."""
    return settings.mail == "on"


def check_configured() -> None:
    """Raise MailNotConfigured unless this deployment sends emails."""
    if not is_configured():
        raise MailNotConfigured


def send(purpose: Purpose, recipient: str, token: str) -> None:
    """Send the email for this purpose; raises MailError.

    The token is in the link's fragment, which browsers send neither to servers nor in the Referer header
    (RFC 3986 section 3.5, RFC 9110 section 10.1.3).
    """
    link = f"{settings.app_url}/{purpose.replace('_', '-')}#token={token}"
    fields = {**WORDS[purpose]._asdict(), "link": link}
    text = _template("mail.txt").substitute(fields)
    markup = _template("mail.html").substitute({name: html.escape(value) for name, value in fields.items()})
    deliver(settings.mail_from, recipient, WORDS[purpose].subject, text, markup)


def deliver(sender: str, recipient: str, subject: str, text: str, html: str) -> None:
    """Send an email through SES. One call; raises MailError.

    SES also accepts emails to addresses on its suppression list, and drops them:
    https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
    """
    body = {"Text": _content(text), "Html": _content(html)}
    mail = {"Simple": {"Subject": _content(subject), "Body": body}}
    destination = {"ToAddresses": [recipient]}
    try:
        aws.call("sesv2", "send_email", FromEmailAddress=sender, Destination=destination, Content=mail)
    except aws.AwsError as error:
        raise (MailRefusedError if error.meaning is Meaning.REFUSED else MailError)(error.code) from None


@cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / "templates" / name).read_text(encoding="utf-8"))


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
