"""PUT and PATCH /api/{user_id}/tasks/{task_id}."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdo.base import times
from tests.support.at_once import at_once
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Caller, Json

MERGE_PATCH = "application/merge-patch+json"
CHANGES = [
    {"title": "new"},
    {"description": "new\nlines"},
    {"description": None},
    {"description": ""},
    {"completed": True},
    {"priority": "high"},
    {"priority": None},
    {"due_date": "2027-01-01"},
    {"due_date": None},
    {"title": "new", "priority": "low", "due_date": "2027-01-01T00:00:00+01:00", "completed": True},
]
RACED: list[dict[str, Any]] = [
    {"title": "raced"},
    {"description": "raced"},
    {"priority": "high"},
    {"due_date": "2027-01-01"},
    {"completed": True},
]
KEPT: dict[str, dict[Any, str]] = {
    "priority": {None: "medium"},
    "due_date": {"2027-01-01T00:00:00+01:00": "2026-12-31T23:00:00.000000Z"},
}


@pytest.fixture
def task(user: Caller) -> Json:
    return user.create_task(title="old", description="old", priority="low", due_date="2026-12-24")


def expected(task: Json, changes: Json, after: Json) -> Json:
    """Return the task as it should be; only its times are taken from the answer."""
    kept = {name: KEPT.get(name, {}).get(value, value) for name, value in changes.items()}
    assert after["updated_at"] > task["updated_at"]
    completed_at = after["updated_at"] if changes.get("completed") else None
    stamps = {"version": task["version"] + 1, "updated_at": after["updated_at"], "completed_at": completed_at}
    return {**task, **kept, **stamps}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_sent_fields_change_and_no_other(
    user: Caller, task: Json, dump: Callable[[], list[dict[str, Any]]], method: str, changes: Json
) -> None:
    answer = user.call(method, f"tasks/{task['id']}", changes)
    assert answer.status == 200, answer.text
    assert answer.json == expected(task, changes, answer.json)
    assert answer.headers["etag"] == '"v2"'
    assert user.call("GET", f"tasks/{task['id']}").json == answer.json
    fsck(dump())


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_merge_patch_is_read_as_json(user: Caller, task: Json, method: str) -> None:
    answer = user.call(method, f"tasks/{task['id']}", {"title": "new"}, headers={"content-type": MERGE_PATCH})
    assert answer.json["title"] == "new"


@pytest.mark.parametrize("changes", [{}, {"completed": False}, {"priority": "low"}, {"due_date": "2026-12-24"}])
def test_no_change_of_an_ordered_field_writes_nothing(user: Caller, task: Json, changes: Json) -> None:
    answer = user.call("PATCH", f"tasks/{task['id']}", changes)
    assert (answer.status, answer.json, answer.headers["etag"]) == (200, task, '"v1"')


def test_reopened_task_has_no_completed_at(user: Caller) -> None:
    task = user.create_task(completed=True)
    after = user.call("PUT", f"tasks/{task['id']}", {"completed": False}).json
    assert (after["completed"], after["completed_at"]) == (False, None)


def test_completed_task_keeps_completed_at_when_something_else_changes(user: Caller) -> None:
    task = user.create_task(completed=True)
    after = user.call("PUT", f"tasks/{task['id']}", {"completed": True, "priority": "high"}).json
    assert after["completed_at"] == task["completed_at"]


@pytest.mark.parametrize("changes", [{"title": "new"}, {"priority": "high"}, {}], ids=str)
@pytest.mark.parametrize("tags", ['"v1"', '"v7", "v1"', "*", '"x","v1"', '"v0","v01","v1"', ' "v1" ,"v2"'])
def test_if_match_of_the_version_is_answered_200(user: Caller, task: Json, changes: Json, tags: str) -> None:
    assert user.call("PUT", f"tasks/{task['id']}", changes, headers={"If-Match": tags}).status == 200


@pytest.mark.parametrize("changes", [{"title": "new"}, {"priority": "high"}, {}], ids=str)
@pytest.mark.parametrize(
    "tags", ['"v2"', 'W/"v1"', '"V1"', '"v01"', '"v0"', '"1"', '""', '"v2", W/"v1"', f'"v{"9" * 40}"']
)
def test_if_match_of_another_version_is_refused_412_with_the_current_etag(
    user: Caller, task: Json, dump: Callable[[], list[dict[str, Any]]], changes: Json, tags: str
) -> None:
    before = dump()
    answer = user.call("PATCH", f"tasks/{task['id']}", changes, headers={"If-Match": tags})
    assert_problem(answer, 412, "precondition_failed")
    assert answer.headers["etag"] == '"v1"'
    assert dump() == before


@pytest.mark.parametrize("changes", [{"title": "new"}, {"priority": "high"}, {}], ids=str)
def test_unknown_id_is_refused_404(user: Caller, changes: Json) -> None:
    assert_problem(user.call("PUT", f"tasks/{UNKNOWN_ID}", changes), 404, "task_not_found")
    answer = user.call("PUT", f"tasks/{UNKNOWN_ID}", changes, headers={"If-Match": '"v1"'})
    assert_problem(answer, 404, "task_not_found")


@pytest.mark.parametrize("changes", [{"title": "new"}, {"priority": "high"}], ids=str)
def test_change_in_the_microsecond_of_another_is_applied_in_the_next(
    user: Caller, monkeypatch: pytest.MonkeyPatch, changes: Json
) -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    moments = iter([start, start, start, start, *(start + timedelta(microseconds=i) for i in range(1, 9))])
    monkeypatch.setattr(times, "now", lambda: next(moments))
    task = user.create_task(title="old")
    answer = user.call("PUT", f"tasks/{task['id']}", changes)
    assert (answer.status, answer.json["version"]) == (200, 2)
    assert answer.json["updated_at"] == "2026-11-21T00:00:00.000001Z"


@pytest.mark.parametrize("changes", [{"title": "new"}, {"priority": "high"}], ids=str)
def test_clock_that_stands_still_is_answered_503(user: Caller, clock: Callable[..., None], changes: Json) -> None:
    task = user.create_task(title="old")
    assert_problem(user.call("PUT", f"tasks/{task['id']}", changes), 503, "service_unavailable")
    assert user.call("GET", f"tasks/{task['id']}").json == task


@pytest.mark.parametrize("repeats", [1, 4])
def test_parallel_updates_of_different_fields_lose_none(
    user: Caller, dump: Callable[[], list[dict[str, Any]]], repeats: int
) -> None:
    task = user.create_task()
    answers = at_once(len(RACED) * repeats, lambda i: user.call("PUT", f"tasks/{task['id']}", RACED[i % len(RACED)]))
    statuses = Counter(answer.status for answer in answers)
    after = user.call("GET", f"tasks/{task['id']}").json
    assert statuses.keys() <= {200, 503}  # four lost races in a row
    for number, fields in enumerate(RACED):  # every repeat of a field may have lost four races: then it is as it was
        acknowledged = any(answer.status == 200 for answer in answers[number :: len(RACED)])
        assert {name: after[name] for name in fields} == (
            fields if acknowledged else {name: task[name] for name in fields}
        )
    if repeats == 1:  # each answer is of a change of its own
        versions = sorted(answer.json["version"] for answer in answers if answer.status == 200)
        assert versions == list(range(2, 2 + statuses[200]))
        assert after["version"] == 1 + statuses[200]
    fsck(dump())
