"""PUT /api/{user_id}/tasks/{task_id}/tags/{tag_id}."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Caller
from tools.in_process.stream import Stream

type Dump = Callable[[], list[dict[str, Any]]]


def test_tag_is_put_on_the_task_which_is_answered_200(user: Caller, dump: Dump) -> None:
    task, tag = user.create_task(due_date="2026-12-24"), user.create_tag(name="x", color="#00ff00")
    answer = user.call("PUT", f"tasks/{task['id']}/tags/{tag['id']}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["etag"].startswith('"v2-')
    assert answer.json == {
        **task,
        "tags": [{"id": tag["id"], "name": "x", "color": "#00ff00"}],
        "version": 2,
        "updated_at": answer.json["updated_at"],
    }
    assert answer.json["updated_at"] > task["updated_at"]
    assert user.call("GET", f"tasks/{task['id']}").json == answer.json
    assert user.call("GET", "tasks", query=f"tag={tag['id']}").json["items"] == [answer.json]
    fsck(dump())


def test_second_link_changes_nothing(user: Caller, dump: Dump) -> None:
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"]])
    before = dump()
    answer = user.call("PUT", f"tasks/{task['id']}/tags/{tag['id']}")
    assert (answer.status, answer.json) == (200, task)
    assert dump() == before


def test_body_is_ignored(user: Caller) -> None:
    task, tag = user.create_task(), user.create_tag()
    assert user.call("PUT", f"tasks/{task['id']}/tags/{tag['id']}", raw="{not json").status == 200


def test_21st_tag_is_refused_422_with_the_limit_and_nothing_is_written(user: Caller, dump: Dump) -> None:
    tags = [user.create_tag() for _ in range(21)]
    task = user.create_task(tag_ids=[tag["id"] for tag in tags[:19]])
    assert user.call("PUT", f"tasks/{task['id']}/tags/{tags[19]['id']}").status == 200
    before = dump()
    answer = user.call("PUT", f"tasks/{task['id']}/tags/{tags[20]['id']}")
    assert_problem(answer, 422, "invalid_fields")
    (one,) = answer.json["errors"]
    assert one == {"loc": ["path", "tag_id"], "msg": "A task should have at most 20 tags", "type": "too_many_tags"}
    assert user.call("PUT", f"tasks/{task['id']}/tags/{tags[0]['id']}").status == 200  # has it already
    assert dump() == before


def test_unknown_task_or_tag_is_refused_404_and_nothing_is_written(
    user: Caller, stranger: Caller, dump: Dump, stream: Stream
) -> None:
    task, tag, gone = user.create_task(), user.create_tag(), user.create_tag()
    theirs, their_tag = stranger.create_task(), stranger.create_tag()
    user.create_task(tag_ids=[gone["id"]])
    user.call("DELETE", f"tags/{gone['id']}")
    for _ in range(2):
        before = dump()
        for task_id in (UNKNOWN_ID, theirs["id"], tag["id"], "nonsense"):
            assert_problem(user.call("PUT", f"tasks/{task_id}/tags/{tag['id']}"), 404, "task_not_found")
        for tag_id in (UNKNOWN_ID, their_tag["id"], task["id"], gone["id"], "nonsense"):
            assert_problem(user.call("PUT", f"tasks/{task['id']}/tags/{tag_id}"), 404, "tag_not_found")
        assert dump() == before
        stream.drain()


def test_tag_being_deleted_that_the_task_still_has_is_shown_to_nobody(user: Caller, dump: Dump) -> None:
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tags/{tag['id']}")
    answer = user.call("PUT", f"tasks/{task['id']}/tags/{tag['id']}")
    assert_problem(answer, 404, "tag_not_found")
    fsck(dump())


def test_stranger_is_refused_403(user: Caller, stranger: Caller, dump: Dump) -> None:
    task, tag = user.create_task(), user.create_tag()
    before = dump()
    answer = stranger.call("PUT", f"/api/{user.id}/tasks/{task['id']}/tags/{tag['id']}")
    assert_problem(answer, 403, "forbidden")
    assert dump() == before


@pytest.mark.parametrize(("etags", "status"), [('"v1"', 200), ("*", 200), ('"v2"', 412), ('W/"v1"', 412)])
def test_if_match_is_obeyed(user: Caller, dump: Dump, etags: str, status: int) -> None:
    tag = user.create_tag()
    task = user.create_task()
    before = dump()
    answer = user.call("PUT", f"tasks/{task['id']}/tags/{tag['id']}", headers={"If-Match": etags})
    assert answer.status == status, answer.text
    if status == 412:
        assert_problem(answer, 412, "precondition_failed")
        assert dump() == before
    fsck(dump())
