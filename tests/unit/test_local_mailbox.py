"""The mails of `make dev`: taken once each, and printed to be read."""

import os
from typing import Any

import pytest

from lambdo.mails import sender as mailer
from tools.local.application import Application
from tools.local.mailbox import Mail, Mailbox
from tools.local.provision import verify_senders
from tools.local.report import report_mails

pytestmark = pytest.mark.usefixtures("application")


def send(recipient: str) -> None:
    mailer.deliver("lambdo@example.com", recipient, "Hello", "the text\n", "<p>the text</p>\n")


def test_each_mail_is_taken_once_oldest_first_and_none_from_before() -> None:
    send("before@example.com")
    mailbox = Mailbox(os.environ["AWS_ENDPOINT_URL_SESV2"])
    assert mailbox.take() == []
    send("first@example.com")
    send("second@example.com")
    assert [mail.recipient for mail in mailbox.take()] == ["first@example.com", "second@example.com"]
    send("third@example.com")
    assert mailbox.take() == [Mail("third@example.com", "Hello", "the text\n", "<p>the text</p>\n")]


def test_senders_may_be_verified_again_at_the_next_start(application: Application) -> None:
    for _ in range(2):
        verify_senders(application, os.environ["AWS_ENDPOINT_URL_SESV2"])
    send("ada@example.com")


def test_mail_is_printed_with_recipient_subject_and_text(capsys: Any) -> None:
    report_mails([Mail("ada@example.com", "Hello", "One.\n\nTwo.\n", "<p>One.</p>")])
    assert capsys.readouterr().out == "MAIL    ada@example.com  Hello\n        One.\n\n        Two.\n"
