"""What mails say: the same in text and in HTML, whatever stands in the link."""

import html
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from lambdo.base.settings import settings
from lambdo.mails import sender as mail
from lambdo.mails import sender as mailer
from lambdo.mails.models import LIFETIMES, Purpose

PURPOSES: list[Purpose] = list(LIFETIMES)
pytestmark = pytest.mark.usefixtures("application")


class Reader(HTMLParser):
    """Takes the words out of HTML, and checks that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What was given to SES: sender, recipient, subject, text, html."""
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(mailer, "deliver", lambda *mail: sent.append(mail))
    return sent


def test_there_are_words_for_every_purpose() -> None:
    assert mail.WORDS.keys() == LIFETIMES.keys()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_text_and_html_say_the_same(sent: list[tuple[str, ...]], purpose: Purpose) -> None:
    mail.send(purpose, "ada@example.com", "the-token")
    ((sender, recipient, subject, text, markup),) = sent
    assert (sender, recipient, subject) == ("lambdo@example.com", "ada@example.com", mail.WORDS[purpose].subject)
    (reader := Reader()).feed(markup)
    words = " ".join(reader.words)
    assert reader.open == []
    for part in [*mail.WORDS[purpose], f"{settings.app_url}/{purpose.replace('_', '-')}#token=the-token"]:
        assert part in words
    for part in (mail.WORDS[purpose].lead, mail.WORDS[purpose].note):
        assert part in text


def test_address_of_the_pages_is_escaped_in_html(sent: list[tuple[str, ...]], setting: Callable[..., None]) -> None:
    setting(APP_URL='https://example.com/"><script>')
    mail.send("verify_email", "ada@example.com", "the-token")
    markup = sent[0][4]
    assert "<script>" not in markup
    assert html.escape('https://example.com/"><script>/verify-email#token=the-token') in markup


@pytest.mark.parametrize("purpose", PURPOSES)
def test_lifetime_that_the_mail_tells_is_the_tokens(purpose: Purpose) -> None:
    minutes = LIFETIMES[purpose] // 60
    told = f"{minutes} minutes" if minutes < 60 else f"{minutes // 60} hours"
    assert told in mail.WORDS[purpose].note
