"""Threads with mixed histories on one account: a serial order explains every answer, and the invariants hold."""

import random
from collections.abc import Callable

import httpx
import pytest

from tests.chaos.crowd import Plan, work
from tests.chaos.sending import AGAIN
from tests.support.at_once import at_once
from tests.support.fsck import fsck
from tools.in_process.api import Api, Caller, Json

LOST = 0.2  # the share of answers that do not arrive


class Handlers(httpx.BaseTransport):
    """Carries requests to the real handlers in this process, and loses some of their answers."""

    def __init__(self, api: Api, seed: int) -> None:
        self.api = api
        self.random = random.Random(seed)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.api.call(
            request.method,
            request.url.path,
            raw=request.read().decode() or None,
            headers=dict(request.headers),
            query=request.url.query.decode(),
        )
        if self.random.random() < LOST:
            raise httpx.ReadError("the answer was lost")
        return httpx.Response(answer.status, headers=answer.headers, content=answer.content)


@pytest.mark.parametrize("seed", range(4))
def test_mixed_history_of_6_threads_is_explained_by_a_serial_order(
    api: Api, dump: Callable[[], list[Json]], seed: int
) -> None:
    with httpx.Client(transport=Handlers(api, seed), base_url="http://api") as http:
        outcome = work(http, Plan(threads=6, requests=72, accounts=1, seed=seed), between=lambda: None)
    assert outcome.faults == []
    assert outcome.tally.effective.total() > 0
    fsck(dump())


def test_20_toggles_with_one_key_turn_the_task_over_once(user: Caller, dump: Callable[[], list[Json]]) -> None:
    task = user.create_task()
    key = {"idempotency-key": "over"}
    answers = at_once(20, lambda _: user.call("PATCH", f"tasks/{task['id']}/complete", headers=key))
    assert {answer.status for answer in answers} <= {200, 409, 503}
    after = user.call("GET", f"tasks/{task['id']}").json
    assert (after["completed"], after["version"]) == (True, 2)
    assert all(answer.json == after for answer in answers if answer.status == 200)
    assert {answer.json["code"] for answer in answers if answer.status != 200} <= AGAIN
    fsck(dump())
