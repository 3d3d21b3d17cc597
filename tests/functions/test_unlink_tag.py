"""DELETE /api/{user_id}/tasks/{task_id}/tags/{tag_id}."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Caller
from tools.in_process.stream import Stream

type Dump = Callable[[], list[dict[str, Any]]]


def test_tag_is_taken_off_the_task_and_both_stay(user: Caller, dump: Dump) -> None:
    tag, kept = user.create_tag(), user.create_tag()
    task = user.create_task(tag_ids=[tag["id"], kept["id"]])
    answer = user.call("DELETE", f"tasks/{task['id']}/tags/{tag['id']}")
    assert (answer.status, answer.text) == (204, "")
    after = user.call("GET", f"tasks/{task['id']}").json
    assert [one["id"] for one in after["tags"]] == [kept["id"]]
    assert after["version"] == 2
    assert after["updated_at"] > task["updated_at"]
    assert user.call("GET", f"tags/{tag['id']}").json == tag
    assert user.call("GET", "tasks", query=f"tag={tag['id']}").json["items"] == []
    fsck(dump())


def test_last_tag_leaves_a_task_like_any_other(user: Caller, dump: Dump) -> None:
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tasks/{task['id']}/tags/{tag['id']}")
    (item,) = [item for item in dump() if item["sk"]["S"] == f"TASK#{task['id']}"]
    assert "tag_ids" not in item
    assert user.call("GET", f"tasks/{task['id']}", headers={"If-None-Match": '"v2"'}).status == 304
    assert user.call("DELETE", f"tasks/{task['id']}").status == 204


def test_tag_that_is_not_on_the_task_is_answered_204_and_nothing_is_written(
    user: Caller, stranger: Caller, dump: Dump, stream: Stream
) -> None:
    task, tag, theirs = user.create_task(), user.create_tag(), stranger.create_tag()
    before = dump()
    for tag_id in (tag["id"], theirs["id"], UNKNOWN_ID):
        assert user.call("DELETE", f"tasks/{task['id']}/tags/{tag_id}").status == 204
    assert dump() == before


def test_tag_that_is_being_deleted_can_be_taken_off(user: Caller, dump: Dump, stream: Stream) -> None:
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tags/{tag['id']}")
    assert user.call("DELETE", f"tasks/{task['id']}/tags/{tag['id']}").status == 204
    fsck(dump())
    stream.drain()
    assert tag["id"] not in str(dump())


def test_unknown_task_is_refused_404(user: Caller, stranger: Caller) -> None:
    tag, theirs = user.create_tag(), stranger.create_task()
    for task_id in (UNKNOWN_ID, theirs["id"], tag["id"], "nonsense"):
        assert_problem(user.call("DELETE", f"tasks/{task_id}/tags/{tag['id']}"), 404, "task_not_found")
    assert_problem(user.call("DELETE", f"tasks/{user.create_task()['id']}/tags/nonsense"), 404, "tag_not_found")


def test_stranger_is_refused_403(user: Caller, stranger: Caller, dump: Dump) -> None:
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"]])
    before = dump()
    answer = stranger.call("DELETE", f"/api/{user.id}/tasks/{task['id']}/tags/{tag['id']}")
    assert_problem(answer, 403, "forbidden")
    assert dump() == before


@pytest.mark.parametrize(("etags", "status"), [('"v1"', 204), ("*", 204), ('"v2"', 412), ('W/"v1"', 412)])
def test_if_match_is_obeyed(user: Caller, dump: Dump, etags: str, status: int) -> None:
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"]])
    before = dump()
    answer = user.call("DELETE", f"tasks/{task['id']}/tags/{tag['id']}", headers={"If-Match": etags})
    assert answer.status == status, answer.text
    if status == 412:
        assert_problem(answer, 412, "precondition_failed")
        assert dump() == before
    fsck(dump())
