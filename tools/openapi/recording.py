"""The examples of openapi.json, which are real requests and responses.

Each starts from the same world at the same time, so that none affects another. Only values that differ from run to run
are fixed: times, ids, and strings that are secret or signed.
"""

import itertools
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import parse_qsl

from lambdo.base import ids, times
from lambdo.table import aws
from tools.in_process.api import Answer, Api, expect
from tools.in_process.endpoints import Endpoint, Request
from tools.in_process.environment import variables
from tools.in_process.network import Fault as NetworkFault
from tools.in_process.network import Network, cancelled
from tools.in_process.table import dumping, empty_table
from tools.in_process.world import World
from tools.openapi.document import operation_id
from tools.openapi.examples import Exchange

BEGINNING: Final = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)  # in the examples
WINDOW: Final = 900  # seconds in which throttles count
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
ID: Final = re.compile(r"01a1fd38-([0-9a-f]{4})-7ec0-adba-f8c608771a88")
FIRST_NEW: Final = 0x100  # above all ids of the world
EMAIL: Final = "ada@example.org"
REQUEST_ID: Final = "bTwvH7Xfz3mmniA="
JSON: Final = "application/json"
FIXED: Final = {
    "access_token": "eyJhbGciOiJFZERTQSIsImtpZCI6IjEi…",
    "refresh_token": "AaH9OF6mfsCtuvjGCHcaiAGh_ThgxW4n…",
    "token": "AaH91zeheRegP-oe1UtfJ-RB8q6JvQ2k…",
    "next_cursor": "Qp1gtCIYMD3pgh6TljhVmTAxYTFmZDM4…",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "01a1fd38-0000-7ec0-adba-f8c608771a88",
}
# Faults of AWS that any write may meet; each is shown for one operation.
FAULTS: Final[Mapping[str, tuple[int, list[NetworkFault]]]] = {
    "Key in use": (409, [cancelled("None", "TransactionConflict")] * 4),
    "Storage full": (409, [cancelled("None", "ItemCollectionSizeLimitExceeded")]),
    "DynamoDB throttles": (503, [cancelled("None", "ThrottlingError")] * 4),
    "Internal error": (500, [cancelled("None", "AccessDenied")]),
}


class _Clock:
    """Times and ids. The clock moves only when it is told to; each request is sent at the same time."""

    def __init__(self) -> None:
        # At the beginning of a window, so that no run spans two.
        self.start = self.now = datetime.fromtimestamp(times.unix() // WINDOW * WINDOW, UTC)
        self._numbers = itertools.count(1)
        self._last_of_the_world = 0
        self._new: dict[int, int] = {}

    def new_id(self) -> str:
        """Return the next id; ids are never repeated, because DynamoDB remembers the tokens of transactions."""
        return _id(next(self._numbers))

    def tick(self) -> None:
        """Move the clock by a second."""
        self.now += timedelta(seconds=1)

    def begin(self) -> None:
        """Mark the world as complete: all later ids are new."""
        self._last_of_the_world = next(self._numbers)

    def restart(self) -> None:
        """Set the clock to the time at which each request is sent, a minute after the start."""
        self.now, self._new = self.start + timedelta(minutes=1), {}

    def shown(self, text: str) -> str:
        """Return the text with times moved so that they begin at BEGINNING, and new ids numbered for each request."""
        text = TIME.sub(lambda match: times.rfc3339(datetime.fromisoformat(match[0]) - self.start + BEGINNING), text)
        return ID.sub(lambda match: _id(self._shown(int(match[1], 16))), text)

    def _shown(self, number: int) -> int:
        if number <= self._last_of_the_world:
            return number
        return self._new.setdefault(number, FIRST_NEW + len(self._new))


def _id(number: int) -> str:
    return f"01a1fd38-{number:04x}-7ec0-adba-f8c608771a88"


def record(api: Api, endpoints: Sequence[Endpoint]) -> list[Exchange]:
    """Send all requests that are shown, to an empty table, and return the exchanges in the order of the endpoints."""
    clock = _Clock()
    empty_table(api.application)
    with ExitStack() as stack:
        dump = stack.enter_context(dumping())
        stack.enter_context(patch.object(times, "now", lambda: clock.now))
        stack.enter_context(patch.object(ids, "new_id", clock.new_id))
        stack.enter_context(patch.object(time, "sleep", lambda _: None))
        recording = _Recording(api, World(api, dump, EMAIL), clock)
        clock.begin()
        for endpoint in endpoints:
            for request in endpoint.shown:
                recording.show(request)
        recording.show_failures(next(one for one in endpoints if _is_plain_write(one)))
    return recording.exchanges


def _is_plain_write(endpoint: Endpoint) -> bool:
    return endpoint.method == "POST" and endpoint.takes_key and endpoint.parameters == ["user_id"]


class _Recording:
    """Sends requests, and records the exchanges."""

    def __init__(self, api: Api, world: World, clock: _Clock) -> None:
        self.exchanges: list[Exchange] = []
        self._api, self._world, self._clock = api, world, clock

    def show(self, request: Request, **options: Any) -> None:
        """Send a request to the restored world, after the requests that come before it; raises UnexpectedError."""
        self._world.restore(counters=True)
        self._clock.restart()
        with variables(**request.settings):
            for before in request.after:
                expect(self._send(before), before.status)
            self._keep(request, expect(self._send(request, **options), request.status))

    def show_failures(self, endpoint: Endpoint) -> None:
        """Show the failures that any request may meet: a forged token, and faults of AWS."""
        forged = Request("", 401, method=endpoint.method, path=endpoint.path, body=endpoint.good.body)
        self.show(replace(forged, example="Forged token"), verdict={"token_error": "invalid"})
        aws.client.cache_clear()
        network = Network(aws.client("dynamodb"))
        for name, (status, plan) in FAULTS.items():
            request = Request(
                "", status, method=endpoint.method, path=endpoint.path, body=endpoint.good.body, keyed=True
            )
            network.plan = [*plan]
            self.show(replace(request, example=name))
        aws.client.cache_clear()

    def _send(self, request: Request, **options: Any) -> Answer:
        self._clock.tick()
        return self._world.send(request, request_id=REQUEST_ID, **options)

    def _keep(self, request: Request, answer: Answer) -> None:
        route, parameters = self._api.route(request.method, self._world.path(request))
        media_type = request.headers.get("content-type", JSON)
        raw = self._world.filled(request.raw)
        sent = dict(parse_qsl(raw)) if "form" in media_type else self._world.filled(request.body)
        exchange = Exchange(
            name=request.example,
            operation_id=operation_id(self._api.application, route),
            path_parameters=parameters,
            media_type=media_type,
            sent=self._fixed(sent),
            status=answer.status,
            answered=self._fixed(answer.json) if answer.text else None,
        )
        self.exchanges.append(exchange)

    def _fixed(self, value: Any) -> Any:
        match value:
            case str():
                return self._clock.shown(value)
            case list():
                return [self._fixed(one) for one in value]
            case dict():
                return {
                    name: FIXED[name] if name in FIXED and one else one if name == "due_date" else self._fixed(one)
                    for name, one in value.items()
                }
            case _:
                return value
