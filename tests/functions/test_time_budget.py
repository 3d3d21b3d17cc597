"""Requests whose time runs out: no attempt goes out that may not end in it, the answer is 503, and nothing has changed.

Time is what the context says; no clock runs.
"""

import io
import json
import os
import time
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from botocore.retries.standard import ExponentialBackoff

from lambdo.base.budget import Budget, budget
from lambdo.sessions import refresh_tokens
from lambdo.table import calls as table
from lambdo.table import keys
from lambdo.table.wire import dump as to_wire
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tests.support.mailbox import Post, send
from tools.in_process.api import PASSWORD, Answer, Api, Caller, Context, Json, logging_to
from tools.in_process.mail_tokens import issue
from tools.in_process.network import PASS, READ_TIMEOUT, Network, cancelled, error
from tools.in_process.stream import deliver, record
from tools.in_process.table import uncounted

type Dump = Callable[[], list[dict[str, Any]]]

TIMEOUT = 15.0  # seconds that an endpoint has
NEEDED = 5.5  # seconds without which no attempt goes out
SLOW = 2.9  # seconds; an attempt that is just not given up
LOST = 3.0  # seconds; one that is


class Time:
    """What is left to the function; moves when the test says so."""

    def __init__(self) -> None:
        self.left = TIMEOUT

    def pass_(self, seconds: float) -> None:
        """Let time go by."""
        self.left -= seconds

    def slow(self) -> None:
        """Answer, but slowly: for a network's plan."""
        self.pass_(SLOW)

    def lost(self) -> NoReturn:
        """Give no answer: for a network's plan."""
        self.pass_(LOST)
        raise READ_TIMEOUT

    def up(self) -> None:
        """Answer when it is just too late for another attempt: for a network's plan."""
        self.left = NEEDED - 0.001


@pytest.fixture
def clock(network: Network, monkeypatch: pytest.MonkeyPatch) -> Time:
    """The time that the contexts of all functions tell; botocore waits as long as it ever may."""
    clock = Time()
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: int(clock.left * 1000))
    monkeypatch.setattr(time, "sleep", clock.pass_)
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda _, context: float(2 ** (context.attempt_number - 1)))
    return clock


@pytest.mark.parametrize(("left", "covered"), [(5.5, True), (5.499, False), (0, False)])
def test_budget_covers_what_leaves_half_a_second_for_the_answer(left: float, covered: bool) -> None:
    one = Budget()
    one.start(lambda: int(left * 1000))
    assert one.covers(5) is covered


def test_budget_that_was_not_started_covers_everything() -> None:
    assert Budget().covers(1e9)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_1_call_has_time_for_3_attempts(user: Caller, network: Network, clock: Time, lost: int) -> None:
    network.plan = [*[clock.lost] * lost, clock.slow]
    network.sent.clear()
    assert user.call("GET", "/api/auth/me").status == 200
    assert network.sent == ["GetItem"] * (lost + 1)
    assert clock.left >= 0.5


def test_1_call_lost_3_times_is_answered_503_in_time(user: Caller, network: Network, clock: Time) -> None:
    network.plan = [clock.lost] * 4
    network.sent.clear()
    assert_problem(user.call("GET", "/api/auth/me"), 503, "service_unavailable")
    assert network.sent == ["GetItem"] * 3
    assert clock.left == TIMEOUT - 12


@pytest.mark.parametrize(("left", "attempts"), [(14.5, 3), (14.4, 2), (9.5, 2), (9.4, 1), (5.5, 1), (5.4, 0)])
def test_attempts_are_as_many_as_can_end_in_time(
    user: Caller, network: Network, clock: Time, left: float, attempts: int
) -> None:
    clock.left = left
    network.plan = [clock.lost] * 4
    network.sent.clear()
    assert_problem(user.call("GET", "/api/auth/me"), 503, "service_unavailable")
    assert len(network.sent) == attempts
    assert clock.left >= 0.5 or attempts == 0


@pytest.mark.parametrize(("left", "attempts"), [(15.0, 4), (11.5, 3), (8.5, 2), (5.5, 1)])
def test_own_repetitions_of_a_conflict_end_in_time_too(
    user: Caller, network: Network, clock: Time, dump: Dump, left: float, attempts: int
) -> None:
    before = uncounted(dump())
    clock.left = left
    conflict = cancelled("TransactionConflict", "None", "None")
    real = network.send

    def send_slowly(session: Any, request: Any) -> Any:
        clock.slow()
        return real(session, request)

    network.send = send_slowly  # type: ignore[method-assign]
    network.plan = [conflict] * 5
    network.sent.clear()
    assert_problem(user.call("POST", "tags", {"name": "new"}), 503, "service_unavailable")
    assert len(network.sent) == attempts
    assert clock.left >= 0.5
    assert uncounted(dump()) == before


def test_batch_that_is_left_undone_ends_in_time_and_never_with_a_short_page(
    user: Caller, network: Network, clock: Time
) -> None:
    user.create_task()
    asked = {os.environ["TABLE_NAME"]: {"Keys": [{"pk": {"S": "USER#x"}, "sk": {"S": "TAG#x"}}]}}
    tag = user.create_tag()
    user.create_task(tag_ids=[tag["id"]])
    undone = error("", 200, Responses={}, UnprocessedKeys=asked, ConsumedCapacity=[])
    clock.left = NEEDED + 0.2
    network.plan = [PASS, *[undone] * 5]
    network.sent.clear()
    assert_problem(user.call("GET", "tasks"), 503, "service_unavailable")
    assert network.sent[:2] == ["Query", "BatchGetItem"]
    assert len(network.sent) < 7


# method, path, body, and the calls before and with the one write that matters
CALLS: list[tuple[str, str, Any, list[str]]] = [
    ("POST", "/api/auth/register", {"email": "late@example.com", "password": PASSWORD}, ["UpdateItem", "TransactWriteItems"]),
    ("POST", "/api/auth/login", {"email": "{email}", "password": PASSWORD}, ["GetItem", "GetItem", "GetItem", "PutItem"]),
    ("POST", "/api/auth/refresh", {"refresh_token": "{refresh_token}"}, ["GetItem", "UpdateItem"]),
    (
        "POST",
        "/api/auth/password",
        {"current_password": PASSWORD, "new_password": "not so common"},
        ["UpdateItem", "GetItem", "GetItem", "TransactWriteItems"],
    ),
    (
        "POST",
        "/api/auth/password/reset",
        {"token": "{reset}", "password": "not so common"},
        ["GetItem", "GetItem", "TransactWriteItems"],
    ),
    ("PATCH", "/api/auth/me", {"name": "new"}, ["GetItem", "TransactWriteItems"]),
    ("DELETE", "/api/auth/me", {"password": PASSWORD}, ["UpdateItem", "GetItem", "GetItem", "TransactWriteItems"]),
    ("DELETE", "/api/auth/sessions", None, ["GetItem", "TransactWriteItems"]),
    ("POST", "tasks", {"title": "x", "tag_ids": ["{tag}"]}, ["BatchGetItem", "TransactWriteItems"]),
    ("PATCH", "tasks/{id}", {"tag_ids": ["{tag}"]}, ["GetItem", "BatchGetItem", "TransactWriteItems"]),
    ("PATCH", "tasks/{id}/complete", None, ["GetItem", "UpdateItem"]),
    ("PUT", "tasks/{id}/tags/{tag}", None, ["GetItem", "BatchGetItem", "TransactWriteItems"]),
    ("PUT", "tags/{tag}", {"name": "new"}, ["GetItem", "TransactWriteItems"]),
    ("DELETE", "tags/{tag}", None, ["GetItem", "TransactWriteItems"]),
]  # fmt: skip
LATE = [(*call, step) for call in CALLS for step in range(len(call[3]))]


@pytest.fixture
def values(user: Caller) -> Json:
    """What stands for the words in braces."""
    task, tag = user.create_task(), user.create_tag()
    return {
        "id": task["id"],
        "tag": tag["id"],
        "email": user.email,
        "refresh_token": user.refresh_token,
        "reset": issue(user, "reset_password"),
    }


def ask(user: Caller, values: Json, method: str, path: str, body: Any) -> Answer:
    text = json.dumps(body)
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return user.call(method, path.format(**values), json.loads(text))


@pytest.mark.check("I08")
@pytest.mark.parametrize(("method", "path", "body", "operations", "step"), LATE, ids=str)
def test_request_whose_time_is_up_before_a_call_sends_it_not_and_is_answered_503_with_nothing_changed(
    user: Caller, values: Json, network: Network, clock: Time, dump: Dump, method: str, path: str, body: Any,
    operations: list[str], step: int,
) -> None:  # fmt: skip
    before = uncounted(dump())
    network.sent.clear()
    if step == 0:
        clock.up()
    network.plan = [*[PASS] * (step - 1), clock.up]
    assert_problem(ask(user, values, method, path, body), 503, "service_unavailable")
    assert network.sent == operations[:step]
    assert uncounted(dump()) == before


@pytest.mark.parametrize(("method", "path", "body", "operations"), CALLS, ids=str)
def test_request_whose_time_is_up_with_its_write_succeeds_without_another_call(
    user: Caller, values: Json, network: Network, clock: Time, dump: Dump, method: str, path: str, body: Any,
    operations: list[str],
) -> None:  # fmt: skip
    network.plan = [*[PASS] * (len(operations) - 1), clock.up]
    network.sent.clear()
    assert ask(user, values, method, path, body).status < 300
    assert network.sent == operations
    fsck(dump())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/auth/login", {"email": "{email}", "password": PASSWORD}),
        ("/api/auth/password", {"current_password": PASSWORD, "new_password": "not so common"}),
    ],
)
def test_4_slow_calls_are_what_a_request_has_time_for(
    user: Caller, values: Json, network: Network, clock: Time, path: str, body: Json
) -> None:
    network.plan = [clock.slow] * 9
    network.sent.clear()
    assert ask(user, values, "POST", path, body).status < 300
    assert len(network.sent) == 4
    assert clock.left == pytest.approx(TIMEOUT - 4 * SLOW)


@pytest.mark.parametrize(("calls", "status"), [(1, 204), (2, 204), (3, 503)])
def test_calls_that_lose_an_answer_each_are_repeated_while_there_is_time(
    user: Caller, values: Json, network: Network, clock: Time, calls: int, status: int
) -> None:
    network.plan = [clock.lost, PASS] * calls
    network.sent.clear()
    body = {"current_password": PASSWORD, "new_password": "not so common"}
    assert ask(user, values, "POST", "/api/auth/password", body).status == status
    assert clock.left >= 0.5


def test_slow_calls_after_a_slow_start_are_answered_503_before_the_write(
    user: Caller, values: Json, network: Network, clock: Time, dump: Dump
) -> None:
    before = uncounted(dump())
    clock.left = TIMEOUT - 1  # the hashing, say
    network.plan = [clock.slow] * 9
    network.sent.clear()
    body = {"email": user.email, "password": PASSWORD}
    assert_problem(ask(user, values, "POST", "/api/auth/login", body), 503, "service_unavailable")
    assert network.sent == ["GetItem"] * 3
    assert uncounted(dump()) == before


def test_mails_of_a_batch_whose_time_is_up_are_reported_and_sent_with_the_next(
    api: Api, user: Caller, stranger: Caller, post: Post, network: Network, clock: Time
) -> None:
    post.deliver()
    for one in (user, stranger):
        api.call("POST", "/api/auth/password/forgot", {"email": one.email})
    first, second = post.requests()
    budget.start(None)  # as in a process of its own
    network.plan = [*[PASS] * 3, clock.up]  # the request, the credential, the token; SES; the request's end
    assert send(first, second) == [second["dynamodb"]["SequenceNumber"]]
    assert len(post.take()) == 1
    clock.left = TIMEOUT
    assert send(second) == []
    assert len(post.take()) == 1


def test_deletion_whose_time_is_up_for_good_is_reported_and_finished_with_the_next(
    user: Caller, values: Json, network: Network, clock: Time, dump: Dump
) -> None:
    user.create_task(tag_ids=[values["tag"]])
    user.call("DELETE", f"tags/{values['tag']}")
    item = table.get(keys.user(user.id), keys.tag(values["tag"]))
    assert item is not None
    one = record(to_wire(item))
    budget.start(None)  # as in a process of its own
    clock.left = 300
    network.plan = [PASS, clock.up]
    with logging_to(log := io.StringIO()):
        assert deliver(one) == [one["dynamodb"]["SequenceNumber"]]
    assert "ServiceUnavailable" in log.getvalue()
    fsck(dump())
    clock.left = 300
    assert deliver(one) == []
    assert values["tag"] not in str(dump())


def test_refresh_token_outlives_a_request_without_time(api: Api, user: Caller, network: Network, clock: Time) -> None:
    clock.up()
    body = {"refresh_token": user.refresh_token}
    assert_problem(api.call("POST", "/api/auth/refresh", body), 503, "service_unavailable")
    clock.left = TIMEOUT
    successor = api.call("POST", "/api/auth/refresh", body).json["refresh_token"]
    assert refresh_tokens.parse(successor).generation == 1
