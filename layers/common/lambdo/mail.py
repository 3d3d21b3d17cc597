"""Mails: what they say. Whom they go to, and when, is the services' business; Amazon SES is behind `store.mailer`.

Nothing that a person typed stands in a mail: whoever registers somebody else's address could make us send it.
"""

import html
from functools import cache
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

from lambdo import settings
from lambdo.models.mail import Purpose
from lambdo.problems import MailNotConfigured
from lambdo.store import mailer


class Words(NamedTuple):
    """What a mail says around its link."""

    subject: str
    lead: str
    action: str
    note: str


WORDS: Final[dict[Purpose, Words]] = {
    "reset_password": Words(
        subject="Reset your password",
        lead="We were asked to reset the password of your account. Choose a new one here:",
        action="Choose a new password",
        note="The link works once, within 30 minutes, and logs out every device. "
        "If you did not ask for it, ignore this mail: your password stays as it is.",
    ),
    "verify_email": Words(
        subject="Confirm your e-mail address",
        lead="An account was made with this e-mail address. Please confirm that it is yours:",
        action="Confirm this address",
        note="The link works within 24 hours. If you did not make an account, ignore this mail.",
    ),
}


def is_configured() -> bool:
    """Tell whether this deployment sends mails."""
    return settings.mail() == "on"


def check_configured() -> None:
    """Raise MailNotConfigured unless this deployment sends mails."""
    if not is_configured():
        raise MailNotConfigured


def send(purpose: Purpose, recipient: str, token: str) -> None:
    """Send the mail for this purpose; raises mailer.MailError.

    The token stands in the link's fragment, which browsers send to no server and into no Referer header
    (RFC 3986 section 3.5, RFC 9110 section 10.1.3).
    """
    link = f"{settings.app_url()}/{purpose.replace('_', '-')}#token={token}"
    fields = {**WORDS[purpose]._asdict(), "link": link}
    text = _template("mail.txt").substitute(fields)
    markup = _template("mail.html").substitute({name: html.escape(value) for name, value in fields.items()})
    mailer.send(settings.mail_from(), recipient, WORDS[purpose].subject, text, markup)


@cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / "mails" / name).read_text(encoding="utf-8"))
