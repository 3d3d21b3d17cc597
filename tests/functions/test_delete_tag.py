"""DELETE /api/{user_id}/tags/{tag_id}."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Caller
from tools.in_process.stream import Stream

type Dump = Callable[[], list[dict[str, Any]]]


def test_own_tag_is_answered_204_no_answer_shows_it_any_more_and_its_tasks_stay(
    user: Caller, dump: Dump, stream: Stream
) -> None:
    tag, kept = user.create_tag(name="going"), user.create_tag(name="staying")
    task, bare = user.create_task(tag_ids=[tag["id"], kept["id"]]), user.create_task(tag_ids=[tag["id"]])
    answer = user.call("DELETE", f"tags/{tag['id']}")
    assert (answer.status, answer.text) == (204, "")
    shown = [{"id": kept["id"], "name": "staying", "color": None}]
    for step in ("before the stream", "after it"):
        fsck(dump())
        after, bare_after = (user.call("GET", f"tasks/{one['id']}").json for one in (task, bare))
        assert (after["tags"], bare_after["tags"]) == (shown, []), step
        assert {**after, "version": 1} == {**task, "tags": shown}
        assert user.call("GET", "tasks").json["items"] == [bare_after, after]
        assert user.call("GET", "tasks", query=f"tag={tag['id']}").json["items"] == []
        assert user.call("GET", "tasks", query=f"tag={kept['id']}").json["items"] == [after]
        assert user.call("GET", "tags").json["items"] == [kept]
        assert_problem(user.call("GET", f"tags/{tag['id']}"), 404, "tag_not_found")
        stream.drain()
    assert tag["id"] not in str(dump())


def test_task_changed_before_the_stream_comes_shows_the_tag_in_no_answer(user: Caller, stream: Stream) -> None:
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tags/{tag['id']}")
    for method, path, body in (
        ("PUT", "", {"title": "new"}),
        ("PATCH", "", {"priority": "high"}),
        ("PATCH", "", {}),
        ("PATCH", "/complete", None),
    ):
        assert user.call(method, f"tasks/{task['id']}{path}", body).json["tags"] == []
    stream.drain()
    after = user.call("GET", f"tasks/{task['id']}").json
    assert (after["title"], after["priority"], after["completed"], after["tags"]) == ("new", "high", True, [])


def test_tag_without_tasks_goes_without_a_trace(user: Caller, dump: Dump, stream: Stream) -> None:
    tag = user.create_tag()
    user.call("DELETE", f"tags/{tag['id']}")
    stream.drain()
    assert tag["id"] not in str(dump())
    fsck(dump())


@pytest.mark.parametrize("headers", [{}, {"If-Match": '"v1"'}])
def test_second_delete_is_answered_204_until_the_stream_is_done_and_404_from_then_on(
    user: Caller, dump: Dump, stream: Stream, headers: dict[str, str]
) -> None:
    tag = user.create_tag()
    user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tags/{tag['id']}")
    before = dump()
    assert user.call("DELETE", f"tags/{tag['id']}", headers=headers).status == 204
    assert dump() == before
    stream.drain()
    assert_problem(user.call("DELETE", f"tags/{tag['id']}", headers=headers), 404, "tag_not_found")
    assert_problem(user.call("DELETE", f"tags/{UNKNOWN_ID}"), 404, "tag_not_found")


@pytest.mark.parametrize("etags", ['"v1"', "*", '"v3","v1"'])
def test_if_match_of_the_version_is_answered_204(user: Caller, etags: str) -> None:
    tag = user.create_tag()
    assert user.call("DELETE", f"tags/{tag['id']}", headers={"If-Match": etags}).status == 204


@pytest.mark.parametrize("etags", ['"v2"', 'W/"v1"', '"x"'])
def test_if_match_of_another_version_is_refused_412_and_the_tag_stays(user: Caller, dump: Dump, etags: str) -> None:
    tag = user.create_tag()
    before = dump()
    answer = user.call("DELETE", f"tags/{tag['id']}", headers={"If-Match": etags})
    assert_problem(answer, 412, "precondition_failed")
    assert answer.headers["etag"] == '"v1"'
    assert dump() == before


def test_stranger_is_refused_403_on_anothers_path_and_404_on_ones_own(
    user: Caller, stranger: Caller, dump: Dump
) -> None:
    tag = user.create_tag()
    before = dump()
    assert_problem(stranger.call("DELETE", f"/api/{user.id}/tags/{tag['id']}"), 403, "forbidden")
    assert_problem(stranger.call("DELETE", f"tags/{tag['id']}"), 404, "tag_not_found")
    assert dump() == before
