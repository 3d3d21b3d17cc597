"""A running API over HTTP, and accounts of it."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx
import pytest

from tests.chaos.sending import AGAIN, CRASHED
from tools.local.running import Server, until

PASSWORD = "correct horse battery staple 9"
QUARTER = 15 * 60  # seconds, for which wrong passwords are counted
TRIES = 30  # a bound on hanging, not a measurement


@dataclass(frozen=True)
class Account:
    email: str
    password: str
    user_id: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access_token}"}


@dataclass(frozen=True)
class Api:
    """A running API; `server` is None when it is not ours (LAMBDO_URL)."""

    url: str
    client: httpx.Client
    server: Server | None

    def register(self, email: str | None = None, password: str = PASSWORD) -> Account:
        """Make an account of its own for a test and log in."""
        email = email or f"{uuid.uuid4().hex}@example.com"
        made = self.client.post("/api/auth/register", json={"email": email, "password": password})
        assert made.status_code == 201, made.text
        return self.log_in(email, password)

    def log_in(self, email: str, password: str = PASSWORD) -> Account:
        answer = self.client.post("/api/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return Account(email, password, body["user"]["id"], body["access_token"], body["refresh_token"])

    def now(self) -> int:
        """Return the server's time, in Unix seconds."""
        answer = self.client.get("/api/health")
        return int(parsedate_to_datetime(answer.headers["date"]).timestamp())

    def timely[T](self, attempt: Callable[[], T], in_time: Callable[[int, int], bool]) -> T:
        """Return what an attempt gives whose beginning and end are, by the server's clock, in time; a slow one is made again."""
        for _ in range(TRIES):
            began = self.now()
            result = attempt()
            if in_time(began, self.now()):
                return result
        pytest.fail(f"none of {TRIES} attempts was in time")


def in_one_window(began: int, ended: int) -> bool:
    """Tell whether no throttle of log-ins has begun to count anew between two moments."""
    return began // QUARTER == ended // QUARTER


@dataclass(frozen=True)
class Sent:
    """The last response to a request, and how often it was sent before."""

    answer: httpx.Response
    lost: int


def at_once(count: int, send: Callable[[int], httpx.Response]) -> list[Sent]:
    """Send so many requests at the same time; a busy machine does not answer all of them the first time."""
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(lambda number: sent(lambda: send(number)), range(count)))


def sent(send: Callable[[], httpx.Response]) -> Sent:
    """Send a request until its response says what became of it."""
    answers: list[httpx.Response] = []

    def is_told() -> bool:
        answers.append(send())
        return not is_to_be_sent_again(answers[-1])

    until(is_told, pause=1)  # as Retry-After says
    return Sent(answers[-1], len(answers) - 1)


def is_to_be_sent_again(answer: httpx.Response) -> bool:
    """Tell whether a response says only that the machine was busy; an error that a function did not expect is not one."""
    if answer.status_code == 409:
        return answer.json()["code"] in AGAIN
    return answer.status_code in {503, 504} or (answer.status_code == 500 and answer.json() == CRASHED)
