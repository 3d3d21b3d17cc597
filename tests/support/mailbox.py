"""The mails that were sent, as their recipients get them, and what asks for them to be sent."""

import os
import re
from collections.abc import Callable
from typing import Any

from lambdo.mails import mail_tokens
from tools.in_process.api import UNKNOWN_ID, Context, Json, handler_of
from tools.in_process.stream import failures_in, record
from tools.local.mailbox import Mail, Mailbox

# What a good token is made into, and must then be refused.
FORGERIES: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "cut": lambda token: token[:-1],
    "longer": lambda token: f"{token}A",
    "padded": lambda token: f"{token}=",
    "with a space": lambda token: f" {token}",
    "of another secret": lambda token: token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"),
    "of another user": lambda token: str(mail_tokens.parse(token)._replace(user_id=UNKNOWN_ID)),
    "its hash": lambda token: mail_tokens.parse(token).hash(),
    "NUL": lambda _: "\0" * 64,
    "not ASCII": lambda _: "é" * 64,
    "60 KB": lambda _: "A" * 60_000,
}
TOKEN = re.compile(r"#token=([A-Za-z0-9_-]+)")


class Post:
    """Delivers what the table says is to be sent, and takes it out of the embedded SES's mailbox."""

    def __init__(self, dump: Callable[[], list[dict[str, Any]]]) -> None:
        self._dump = dump
        self._mailbox = Mailbox(os.environ["AWS_ENDPOINT_URL_SESV2"])

    def requests(self) -> list[Json]:
        """Return a record for each mail that is asked for."""
        return [record(item, "INSERT") for item in self._dump() if item["sk"]["S"].startswith("MAIL#")]

    def deliver(self) -> list[Mail]:
        """Send all that is asked for, and return what has come out since the last time."""
        assert send(*self.requests()) == []
        assert self.requests() == []
        return self.take()

    def take(self) -> list[Mail]:
        """Return the mails that have come since the last time."""
        return self._mailbox.take()


def send(*records: Json) -> list[str]:
    """Invoke send_mail with a batch; return the sequence numbers of the failures that it reports."""
    return failures_in(handler_of("send_mail")({"Records": list(records)}, Context()))


def token_in(mail: Mail) -> str:
    """Return the token of a mail's link, which stands in the text and, as button, as link and to be copied, in the HTML."""
    tokens = TOKEN.findall(mail.text)
    assert len(tokens) == 1
    assert TOKEN.findall(mail.html) == tokens * 3
    return str(tokens[0])
