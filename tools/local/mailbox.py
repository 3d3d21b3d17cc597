"""The emails that MiniStack's SES accepted, which it keeps and does not send."""

import contextlib
import http.client
import json
import threading
from typing import NamedTuple
from urllib.parse import urlsplit


class Mail(NamedTuple):
    """An email to one recipient."""

    recipient: str
    subject: str
    text: str
    html: str


class Mailbox:
    """The emails since this was made; threads may share it."""

    def __init__(self, endpoint: str) -> None:
        self._host = urlsplit(endpoint).netloc
        self._lock = threading.Lock()
        self._taken = len(self._all())

    def take(self) -> list[Mail]:
        """Return the emails since the last call, oldest first."""
        with self._lock:
            mails = self._all()[self._taken :]
            self._taken += len(mails)
        return mails

    def _all(self) -> list[Mail]:
        connection = http.client.HTTPConnection(self._host, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", "/_ministack/ses/messages")
            accounts = json.loads(connection.getresponse().read())["messages"]
        return [
            Mail(one["To"][0], one["Subject"], one["BodyText"], one["BodyHtml"])
            for messages in accounts.values()
            for one in messages
        ]
