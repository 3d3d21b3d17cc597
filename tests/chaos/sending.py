"""How a careful client sends: until it is answered, each write with one key, however often that takes."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

GIVE_UP = 180.0  # seconds; a bound on hanging, not a measurement
HURRIED = 0.1  # the share of writes whose first answer is not waited for
CRASH = "function died"
CRASHED = {"message": "Internal Server Error"}  # the gateway's answer for a function that gave none
AGAIN = {"service_unavailable", "idempotency_key_in_use"}


class FaultError(Exception):
    """The API answered what it must not."""


@dataclass(frozen=True)
class Wanted:
    """A request as it is sent, each time the same."""

    name: str  # of its kind, in the summary
    method: str
    path: str
    body: dict[str, Any] | None
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """The answer to a request, and when that was first sent and when it was answered."""

    wanted: Wanted
    sent: float
    answered: float
    status: int
    body: Any
    replayed: bool  # it is the stored answer of an effect whose own answer was lost


@dataclass
class Tally:
    """What all clients together have seen."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)  # to each kind of request, by status
    lost: Counter[str] = field(default_factory=Counter)  # answers, by the way in which they were
    effective: Counter[str] = field(default_factory=Counter)  # those of them whose request had taken effect
    refused: Counter[str] = field(default_factory=Counter)  # for the moment, by the problem's code
    lock: threading.Lock = field(default_factory=threading.Lock)


class Sender:
    """What one client sends with: its name, its choices, its token."""

    def __init__(self, http: httpx.Client, name: str, seed: str, tally: Tally) -> None:
        self.http = http
        self.name = name
        self.random = random.Random(seed)
        self.tally = tally
        self.access_token = ""
        self._keys = 0
        self._latest = 0.1  # seconds that the latest answer took

    def send(
        self, name: str, method: str, path: str, body: dict[str, Any] | None = None, only_if: int | None = None
    ) -> Answer:
        """Send a request until it is answered; raises FaultError for an answer that no client should see."""
        headers = {"authorization": f"Bearer {self.access_token}"} if self.access_token else {}
        if only_if is not None:
            headers["if-match"] = f'"v{only_if}"'
        if method != "GET":
            self._keys += 1
            headers["idempotency-key"] = f'"{self.name}-{self._keys}"'
        return self.resend(Wanted(name, method, path, body, headers))

    def resend(self, wanted: Wanted) -> Answer:
        """Send a request until it is answered, whether or not it was before."""
        sent, lost = time.monotonic(), ""
        # A client that hangs up leaves a request at work: harmless only for what has one effect by its key.
        hurried = wanted.method != "GET" and "/auth/" not in wanted.path and self.random.random() < HURRIED
        while time.monotonic() - sent < GIVE_UP:
            began = time.monotonic()
            patience = self.random.uniform(0, self._latest) if hurried else GIVE_UP
            response = self._attempt(wanted, patience)
            if isinstance(response, httpx.Response):
                self._latest = time.monotonic() - began
                replayed = response.headers.get("idempotent-replayed") == "true"
                with self.tally.lock:
                    self.tally.answers[wanted.name, response.status_code] += 1
                    if lost and replayed:
                        self.tally.effective[lost] += 1
                body = response.json() if response.content else None
                return Answer(wanted, sent, time.monotonic(), response.status_code, body, replayed)
            hurried, lost = False, response or lost
            time.sleep(self.random.uniform(0, 0.2))
        raise FaultError(f"{wanted.method} {wanted.path} was never answered")

    def _attempt(self, wanted: Wanted, patience: float) -> httpx.Response | str:
        """Return an answer that says what came of the request, or how it was lost; nothing if it has to be sent again."""
        timeout = httpx.Timeout(GIVE_UP, read=patience)
        try:
            response = self.http.request(
                wanted.method, wanted.path, json=wanted.body, headers=wanted.headers, timeout=timeout
            )
        except httpx.TransportError as error:
            return self._lost("hung up" if patience < GIVE_UP else type(error).__name__)
        if response.status_code == 500 and response.json() == CRASHED:
            return self._lost(CRASH)
        if response.status_code >= 400 and response.json()["code"] in AGAIN:
            with self.tally.lock:
                self.tally.refused[response.json()["code"]] += 1
            return ""
        if response.status_code >= 500:
            raise FaultError(f"{wanted.method} {wanted.path} was answered {response.status_code} {response.text}")
        return response

    def _lost(self, how: str) -> str:
        with self.tally.lock:
            self.tally.lost[how] += 1
        return how
