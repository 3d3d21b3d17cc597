"""POST /api/{user_id}/tasks/trash/{task_id}/restore."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo.table import calls as table
from lambdo.table import keys
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Answer, Caller, Json
from tools.in_process.network import PASS, Fault, Network

type Dump = Callable[[], list[dict[str, Any]]]
type Clock = Callable[..., None]

FIELDS = {"description": "all of it", "completed": True, "priority": "high", "due_date": "2026-12-01"}


def deleted(user: Caller, **fields: Any) -> Json:
    """Create a task and delete it."""
    task = user.create_task(**fields)
    assert user.call("DELETE", f"tasks/{task['id']}").status == 204
    return task


def restore(user: Caller, task: Json, **headers: str) -> Answer:
    return user.call("POST", f"tasks/trash/{task['id']}/restore", headers=headers)


def test_task_is_answered_200_as_it_was_in_the_next_version(user: Caller, clock: Clock, dump: Dump) -> None:
    task = deleted(user, **FIELDS)
    clock(seconds=1)
    answer = restore(user, task)
    assert (answer.status, answer.headers["etag"]) == (200, '"v2"')
    assert answer.json == {**task, "version": 2, "updated_at": answer.json["updated_at"]}
    assert answer.json["updated_at"] > task["updated_at"]
    assert user.call("GET", f"tasks/{task['id']}").json == answer.json
    assert user.call("GET", "tasks/trash").json["items"] == []
    fsck(dump())


@pytest.mark.parametrize("query", ["", "sort=created_at", "status=done", "sort=due_date", "sort=priority", "tag={tag}"])
def test_task_stands_where_it_stood_in_every_list(user: Caller, query: str) -> None:
    tag = user.create_tag()
    tasks = [user.create_task(tag_ids=[tag["id"]], **FIELDS) for _ in range(3)]
    query = query.format(tag=tag["id"])
    before = [one["id"] for one in user.call("GET", "tasks", query=query).json["items"]]
    user.call("DELETE", f"tasks/{tasks[1]['id']}")
    assert restore(user, tasks[1]).status == 200
    assert len(before) == 3
    assert [one["id"] for one in user.call("GET", "tasks", query=query).json["items"]] == before


def test_second_restore_is_refused_404_and_changes_nothing(user: Caller, dump: Dump) -> None:
    task = deleted(user)
    restore(user, task)
    before = dump()
    assert_problem(restore(user, task), 404, "task_not_found")
    assert dump() == before


@pytest.mark.parametrize("task_id", [UNKNOWN_ID, "x", "TRASH%23x"])
def test_unknown_id_and_what_is_no_id_are_refused_404(user: Caller, task_id: str) -> None:
    assert_problem(user.call("POST", f"tasks/trash/{task_id}/restore"), 404, "task_not_found")


def test_task_that_is_not_in_the_trash_is_refused_404(user: Caller, dump: Dump) -> None:
    task = user.create_task()
    before = dump()
    assert_problem(restore(user, task), 404, "task_not_found")
    assert dump() == before


def test_task_is_restored_to_the_last_minute_and_refused_404_after_30_days(user: Caller, clock: Clock) -> None:
    tasks = [deleted(user) for _ in range(2)]
    clock(days=29, hours=23, minutes=59)
    assert restore(user, tasks[0]).status == 200
    clock(minutes=2)
    assert_problem(restore(user, tasks[1]), 404, "task_not_found")


def test_task_comes_back_with_the_tags_that_still_exist(user: Caller, dump: Dump) -> None:
    kept, going, gone = (user.create_tag() for _ in range(3))
    task = deleted(user, tag_ids=[kept["id"], going["id"], gone["id"]])
    user.call("DELETE", f"tags/{gone['id']}")
    assert restore(user, task).json["tags"] == [kept_tag := task["tags"][0], task["tags"][1]]
    user.call("DELETE", f"tasks/{task['id']}")
    user.call("DELETE", f"tags/{going['id']}")
    assert restore(user, task).json["tags"] == [kept_tag]
    assert [one["id"] for one in user.call("GET", "tasks", query=f"tag={kept['id']}").json["items"]] == [task["id"]]
    fsck(dump())


def test_tag_that_is_deleted_while_the_task_comes_back_is_left_out(user: Caller, network: Network, dump: Dump) -> None:
    kept, gone = (user.create_tag() for _ in range(2))
    task = deleted(user, tag_ids=[kept["id"], gone["id"]])
    network.plan = [PASS, PASS, lambda: user.call("DELETE", f"tags/{gone['id']}")]
    answer = restore(user, task)
    assert (answer.status, answer.json["version"]) == (200, 2)
    assert [one["id"] for one in answer.json["tags"]] == [kept["id"]]
    assert user.call("GET", f"tasks/{task['id']}").json == answer.json
    fsck(dump())


def test_task_that_is_restored_and_deleted_again_meanwhile_comes_back_in_its_last_version(
    user: Caller, network: Network, dump: Dump
) -> None:
    task = deleted(user)

    def meanwhile() -> None:
        restore(user, task)
        user.call("PATCH", f"tasks/{task['id']}", {"title": "edited"})
        user.call("DELETE", f"tasks/{task['id']}")

    network.plan = [PASS, meanwhile]
    answer = restore(user, task)
    assert (answer.status, answer.json["title"], answer.json["version"]) == (200, "edited", 4)
    fsck(dump())


def test_trash_that_is_emptied_meanwhile_is_refused_404(user: Caller, network: Network) -> None:
    task = deleted(user)
    network.plan = [PASS, lambda: user.call("DELETE", "tasks/trash")]
    assert_problem(restore(user, task), 404, "task_not_found")


def test_others_that_are_faster_4_times_are_answered_503(user: Caller, network: Network) -> None:
    task = deleted(user)

    def meanwhile() -> None:
        assert restore(user, task).status == 200
        assert user.call("DELETE", f"tasks/{task['id']}").status == 204

    attempt: list[Fault] = [meanwhile, PASS, PASS, PASS, PASS]
    network.plan = [PASS, *attempt * 4]
    assert_problem(restore(user, task), 503, "service_unavailable")
    assert network.plan == []


def test_task_that_lives_although_it_is_in_the_trash_is_not_overwritten(user: Caller, dump: Dump) -> None:
    """Nothing leads there; a table that was repaired by hand might."""
    task = user.create_task(title="lives")
    other = deleted(user)
    item = table.get(keys.user(user.id), keys.trash(other["id"]))
    assert item is not None
    table.put({**item, "sk": keys.trash(task["id"])})
    before = dump()
    assert_problem(restore(user, task), 404, "task_not_found")
    assert dump() == before
    assert user.call("DELETE", f"tasks/{task['id']}").status == 204
    assert restore(user, task).json["title"] == "lives"


@pytest.mark.parametrize("tags", ['"v1"', "*", '"v3","v1"'])
def test_if_match_of_the_version_in_the_trash_is_answered_200(user: Caller, tags: str) -> None:
    assert restore(user, deleted(user), **{"If-Match": tags}).status == 200


@pytest.mark.parametrize("tags", ['"v2"', 'W/"v1"', '"x"'])
def test_if_match_of_another_version_is_refused_412_with_the_current_one(user: Caller, dump: Dump, tags: str) -> None:
    task = deleted(user)
    before = dump()
    answer = restore(user, task, **{"If-Match": tags})
    assert_problem(answer, 412, "precondition_failed")
    assert answer.headers["etag"] == '"v1"'
    assert dump() == before


def test_task_that_was_deleted_and_restored_is_edited_and_deleted_like_any_other(user: Caller, dump: Dump) -> None:
    task = restore(user, deleted(user, **FIELDS)).json
    path = f"tasks/{task['id']}"
    edited = user.call("PATCH", path, {"due_date": None, "completed": False}, headers={"If-Match": '"v2"'})
    assert (edited.status, edited.json["version"]) == (200, 3)
    assert user.call("DELETE", path).status == 204
    assert restore(user, task).json["version"] == 4
    fsck(dump())
