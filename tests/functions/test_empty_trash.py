"""DELETE /api/{user_id}/tasks/trash."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.tasks import trash
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import Caller
from tools.in_process.network import APPLIED_CRASH, CRASH, PASS, Crash, Network, error

type Dump = Callable[[], list[dict[str, Any]]]


def fill(user: Caller, count: int) -> list[str]:
    """Delete that many tasks; return their ids."""
    ids = [user.create_task()["id"] for _ in range(count)]
    for task_id in ids:
        assert user.call("DELETE", f"tasks/{task_id}").status == 204
    return ids


def trashed(user: Caller, dump: Dump) -> list[str]:
    """Return the ids of the tasks in the user's trash, expired ones included."""
    own = [item["sk"]["S"] for item in dump() if item["pk"]["S"] == f"USER#{user.id}"]
    return [sk.removeprefix("TRASH#") for sk in own if sk.startswith("TRASH#")]


def test_deleted_tasks_are_gone_for_good_and_nothing_else_is(user: Caller, stranger: Caller, dump: Dump) -> None:
    ids, theirs = fill(user, 3), fill(stranger, 1)
    kept = user.create_task(tag_ids=[user.create_tag()["id"]])
    answer = user.call("DELETE", "tasks/trash")
    assert (answer.status, answer.json) == (200, {"deleted": 3, "more": False})
    assert user.call("GET", "tasks/trash").json["items"] == []
    assert_problem(user.call("POST", f"tasks/trash/{ids[0]}/restore"), 404, "task_not_found")
    assert user.call("GET", "tasks").json["items"] == [kept]
    assert (trashed(user, dump), trashed(stranger, dump)) == ([], theirs)
    fsck(dump())


def test_empty_trash_is_answered_200_with_0(user: Caller) -> None:
    fill(user, 1)
    assert [user.call("DELETE", "tasks/trash").json["deleted"] for _ in range(2)] == [1, 0]


def test_expired_tasks_are_left_to_the_time_to_live(user: Caller, dump: Dump, clock: Callable[..., None]) -> None:
    expired = fill(user, 1)
    clock(days=31)
    fill(user, 1)
    assert user.call("DELETE", "tasks/trash").json == {"deleted": 1, "more": False}
    assert trashed(user, dump) == expired


def test_what_time_leaves_undone_is_told_and_done_by_the_next_request(
    user: Caller, network: Network, dump: Dump, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(user, 5)
    monkeypatch.setattr(trash, "_PIECE", 2)
    passed = list[float]()
    network.plan = [PASS, lambda: passed.append(3.1)]  # the first deletion takes that long
    with monkeypatch.context() as patched:
        patched.setattr(trash, "_SECONDS", 3)
        patched.setattr(time, "monotonic", lambda: sum(passed))
        assert user.call("DELETE", "tasks/trash").json == {"deleted": 4, "more": True}
    assert len(trashed(user, dump)) == 1
    assert user.call("DELETE", "tasks/trash").json == {"deleted": 1, "more": False}


@pytest.mark.parametrize(("fault", "left"), [(error("ThrottlingException"), 2), (CRASH, 2), (APPLIED_CRASH, 0)])
def test_what_a_fault_leaves_undone_is_done_by_the_next_request(
    user: Caller, network: Network, dump: Dump, monkeypatch: pytest.MonkeyPatch, fault: Any, left: int
) -> None:
    fill(user, 4)
    monkeypatch.setattr(trash, "_PIECE", 2)
    network.plan = [PASS, PASS, PASS, *[fault] * 3]
    try:
        assert_problem(user.call("DELETE", "tasks/trash"), 503, "service_unavailable")
    except Crash:
        network.restart()
    network.plan = []
    assert len(trashed(user, dump)) == left
    fsck(dump())
    assert user.call("DELETE", "tasks/trash").json == {"deleted": left, "more": False}


def test_trash_of_one_piece_is_emptied_with_the_record_of_its_key_and_a_larger_one_at_its_end(
    user: Caller, network: Network, dump: Dump, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "_PIECE", 2)
    for count, calls in (
        (0, ["Query", "TransactWriteItems"]),
        (1, ["Query", "TransactWriteItems"]),
        (3, ["Query", "BatchWriteItem", "Query", "TransactWriteItems"]),
    ):
        fill(user, count)
        network.sent.clear()
        first, again = (user.call("DELETE", "tasks/trash", headers={"Idempotency-Key": f"{count}"}) for _ in range(2))
        assert network.sent[: len(calls)] == calls
        assert first.json == again.json == {"deleted": count, "more": False}
        assert trashed(user, dump) == []
    fsck(dump())


def test_key_of_an_emptied_trash_does_not_empty_it_again(user: Caller, dump: Dump) -> None:
    fill(user, 2)
    emptied = [user.call("DELETE", "tasks/trash", headers={"Idempotency-Key": "1"}) for _ in range(1)]
    later = fill(user, 1)
    emptied.append(user.call("DELETE", "tasks/trash", headers={"Idempotency-Key": "1"}))
    assert [answer.json["deleted"] for answer in emptied] == [2, 2]
    assert trashed(user, dump) == later


@pytest.mark.parametrize("query", ["older_than=7", "limit=1", "x"])
def test_unknown_parameters_are_refused_422_and_nothing_is_deleted(user: Caller, dump: Dump, query: str) -> None:
    fill(user, 1)
    before = dump()
    assert_problem(user.call("DELETE", "tasks/trash", query=query), 422, "invalid_fields")
    assert dump() == before
