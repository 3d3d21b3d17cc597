"""PATCH /api/{user_id}/tasks/{task_id}/complete."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo.tasks import store as tasks
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Caller


def test_no_body_toggles_there_and_back(user: Caller, dump: Callable[[], list[dict[str, Any]]]) -> None:
    task = user.create_task(due_date="2026-12-24")
    done = user.call("PATCH", f"tasks/{task['id']}/complete")
    assert (done.status, done.headers["etag"]) == (200, '"v2"')
    stamp = done.json["updated_at"]
    assert done.json == {**task, "completed": True, "completed_at": stamp, "updated_at": stamp, "version": 2}
    fsck(dump())
    again = user.call("PATCH", f"tasks/{task['id']}/complete")
    assert again.headers["etag"] == '"v3"'
    assert again.json == {**task, "updated_at": again.json["updated_at"], "version": 3}
    fsck(dump())


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("wanted", [False, True])
def test_body_sets_the_state_and_a_repeat_changes_nothing(user: Caller, before: bool, wanted: bool) -> None:
    task = user.create_task(completed=before)
    first, second = (user.call("PATCH", f"tasks/{task['id']}/complete", {"completed": wanted}) for _ in range(2))
    assert (first.status, first.json["completed"]) == (200, wanted)
    assert first.json["version"] == (1 if before == wanted else 2)
    assert second.json == first.json


def test_merge_patch_is_read(user: Caller) -> None:
    task, headers = user.create_task(), {"content-type": "application/merge-patch+json"}
    assert user.call("PATCH", f"tasks/{task['id']}/complete", {"completed": True}, headers=headers).json["completed"]


def test_if_match_of_the_version_is_answered_200(user: Caller) -> None:
    task = user.create_task()
    assert user.call("PATCH", f"tasks/{task['id']}/complete", headers={"If-Match": '"v1"'}).status == 200


@pytest.mark.parametrize("tags", ['"v2"', 'W/"v1"'])
@pytest.mark.parametrize("body", [None, {"completed": False}, {"completed": True}])
def test_if_match_of_another_version_is_refused_412(user: Caller, tags: str, body: Any) -> None:
    task = user.create_task()
    answer = user.call("PATCH", f"tasks/{task['id']}/complete", body, headers={"If-Match": tags})
    assert_problem(answer, 412, "precondition_failed")
    assert user.call("GET", f"tasks/{task['id']}").json == task


@pytest.mark.parametrize("body", [None, {"completed": False}])
def test_unknown_id_is_refused_404(user: Caller, body: Any) -> None:
    assert_problem(user.call("PATCH", f"tasks/{UNKNOWN_ID}/complete", body), 404, "task_not_found")


def test_body_in_another_media_type_is_refused_415(user: Caller) -> None:
    task = user.create_task()
    answer = user.call(
        "PATCH", f"tasks/{task['id']}/complete", {"completed": True}, headers={"content-type": "text/plain"}
    )
    assert_problem(answer, 415, "unsupported_media_type")


def test_rewrite_that_loses_4_races_is_answered_503(user: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    task, lost = user.create_task(), list[int]()
    real = tasks.rewrite

    def overtaken(*versions: Any) -> Any:
        lost.append(user.call("PUT", f"tasks/{task['id']}", {"title": f"faster {len(lost)}"}).json["version"])
        return real(*versions)

    monkeypatch.setattr(tasks, "rewrite", overtaken)
    assert_problem(user.call("PATCH", f"tasks/{task['id']}/complete"), 503, "service_unavailable")
    assert lost == [2, 3, 4, 5]
    monkeypatch.undo()
    after = user.call("GET", f"tasks/{task['id']}").json
    assert (after["version"], after["completed"], after["title"]) == (5, False, "faster 3")


def test_task_deleted_during_a_rewrite_is_answered_404(user: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    task, real = user.create_task(), tasks.rewrite

    def overtaken(*versions: Any) -> Any:
        user.call("DELETE", f"tasks/{task['id']}")
        return real(*versions)

    monkeypatch.setattr(tasks, "rewrite", overtaken)
    assert_problem(user.call("PATCH", f"tasks/{task['id']}/complete"), 404, "task_not_found")
