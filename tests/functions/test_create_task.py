"""POST /api/{user_id}/tasks."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import Caller

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_title_alone_is_answered_201_with_the_defaults_location_and_etag(user: Caller) -> None:
    answer = user.call("POST", "tasks", {"title": "  water the plants\t"})
    task = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == f"/api/me/tasks/{task['id']}"
    assert answer.headers["etag"] == '"v1"'
    assert TIME.fullmatch(task["created_at"])
    assert task == {
        "id": task["id"],
        "user_id": user.id,
        "title": "water the plants",
        "description": None,
        "completed": False,
        "completed_at": None,
        "priority": "medium",
        "due_date": None,
        "tags": [],
        "version": 1,
        "created_at": task["created_at"],
        "updated_at": task["created_at"],
    }
    assert user.call("GET", answer.headers["location"]).json == task


def test_every_field_comes_back_as_sent(user: Caller) -> None:
    fields = {"title": "t", "description": " d\n\te ", "completed": True, "priority": "high", "due_date": "2026-12-24"}
    task = user.create_task(**fields)
    assert {name: task[name] for name in fields} == fields
    assert task["completed_at"] == task["created_at"]


def test_own_id_in_the_path_is_the_same_as_me(user: Caller) -> None:
    answer = user.call("POST", f"/api/{user.id}/tasks", {"title": "x"})
    assert answer.headers["location"] == f"/api/{user.id}/tasks/{answer.json['id']}"
    assert user.call("GET", f"tasks/{answer.json['id']}").json == answer.json


@pytest.mark.parametrize("optional", ["description", "due_date"])
def test_null_is_the_same_as_absent(user: Caller, optional: str) -> None:
    assert user.create_task(**{optional: None})[optional] is None


@pytest.mark.parametrize(("sent", "kept"), [
    ("2026-11-21", "2026-11-21"),
    ("2024-02-29", "2024-02-29"),
    ("0001-01-01", "0001-01-01"),
    ("9999-12-31", "9999-12-31"),
    ("2026-11-21T09:00:00Z", "2026-11-21T09:00:00.000000Z"),
    ("2026-11-21t09:00:00z", "2026-11-21T09:00:00.000000Z"),
    ("2026-11-21T09:00:00+05:45", "2026-11-21T03:15:00.000000Z"),
    ("2026-11-21T00:30:00.5-12:00", "2026-11-21T12:30:00.500000Z"),
    ("0001-01-01T14:00:00+14:00", "0001-01-01T00:00:00.000000Z"),
    ("9999-12-31T09:59:59.999999-14:00", "9999-12-31T23:59:59.999999Z"),
])  # fmt: skip
def test_due_date_is_kept_as_a_date_or_as_utc(user: Caller, sent: str, kept: str) -> None:
    assert user.create_task(due_date=sent)["due_date"] == kept


@pytest.mark.parametrize(
    "media_type", ["application/json", "Application/JSON ; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_in_every_spelling_of_its_media_type_is_read(user: Caller, media_type: str) -> None:
    assert user.call("POST", "tasks", {"title": "x"}, headers={"content-type": media_type}).status == 201


def test_base64_transport_is_read(user: Caller) -> None:
    assert user.call("POST", "tasks", raw='{"title":"žluťoučký"}'.encode()).json["title"] == "žluťoučký"


def test_two_alike_make_two_tasks(user: Caller) -> None:
    assert user.create_task(title="x")["id"] != user.create_task(title="x")["id"]


def test_stranger_is_refused_403_and_nothing_is_written(
    user: Caller, stranger: Caller, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    before = dump()
    assert_problem(stranger.call("POST", f"/api/{user.id}/tasks", {"title": "x"}), 403, "forbidden")
    assert dump() == before
