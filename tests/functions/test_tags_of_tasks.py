"""`tag_ids` on creating and updating tasks, and `tags` in every answer."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Answer, Caller, Json
from tools.in_process.stream import Stream

type Dump = Callable[[], list[dict[str, Any]]]


def shown(*tags: Json) -> list[Json]:
    """Return tags as a task shows them: oldest first."""
    return [
        {name: tag[name] for name in ("id", "name", "color")} for tag in sorted(tags, key=lambda tag: str(tag["id"]))
    ]


def create_or_update(user: Caller, how: str, tag_ids: Any, task: Json | None = None) -> Answer:
    if how == "POST":
        return user.call("POST", "tasks", {"title": "x", "tag_ids": tag_ids})
    task = task or user.create_task(title="x")
    return user.call(how, f"tasks/{task['id']}", {"tag_ids": tag_ids})


either = pytest.mark.parametrize("how", ["POST", "PUT", "PATCH"])


@either
@pytest.mark.parametrize("count", [1, 2, 20])
def test_task_gets_its_tags_oldest_first(user: Caller, dump: Dump, how: str, count: int) -> None:
    tags = [user.create_tag(color="#00ff00") for _ in range(count)]
    answer = create_or_update(user, how, [tag["id"] for tag in reversed(tags)])
    assert answer.status in {200, 201}, answer.text
    assert answer.json["tags"] == shown(*tags)
    assert user.call("GET", f"tasks/{answer.json['id']}").json == answer.json
    assert user.call("GET", "tasks").json["items"] == [answer.json]
    for tag in tags:
        assert user.call("GET", "tasks", query=f"tag={tag['id']}").json["items"] == [answer.json]
    fsck(dump())


@either
def test_one_tag_named_twice_is_one(user: Caller, dump: Dump, how: str) -> None:
    tag = user.create_tag()
    assert create_or_update(user, how, [tag["id"]] * 20).json["tags"] == shown(tag)
    fsck(dump())


@either
def test_no_tags_are_none(user: Caller, dump: Dump, how: str) -> None:
    answer = create_or_update(user, how, [])
    assert (answer.json["tags"], answer.json["version"]) == ([], 1)
    fsck(dump())


@pytest.mark.parametrize("nothing", [None, []])
def test_null_and_an_empty_list_clear_the_tags_of_a_task(user: Caller, dump: Dump, nothing: Any) -> None:
    task = user.create_task(tag_ids=[user.create_tag()["id"], user.create_tag()["id"]])
    answer = user.call("PATCH", f"tasks/{task['id']}", {"tag_ids": nothing})
    assert answer.json == {**task, "tags": [], "version": 2, "updated_at": answer.json["updated_at"]}
    assert answer.json["updated_at"] > task["updated_at"]
    assert not [item for item in dump() if item["sk"]["S"].startswith("LINK#") and task["id"] in item["sk"]["S"]]
    fsck(dump())


def test_other_tags_take_the_place_of_the_old_ones(user: Caller, dump: Dump) -> None:
    first, second, third = (user.create_tag() for _ in range(3))
    task = user.create_task(tag_ids=[first["id"], second["id"]], due_date="2026-12-24")
    answer = user.call("PUT", f"tasks/{task['id']}", {"tag_ids": [third["id"], second["id"]], "completed": True})
    assert (answer.json["tags"], answer.json["version"]) == (shown(second, third), 2)
    assert answer.json["completed"] is True
    assert user.call("GET", "tasks", query=f"tag={first['id']}").json["items"] == []
    fsck(dump())


def test_20_tags_may_all_be_replaced_at_once(user: Caller, dump: Dump) -> None:
    tags = [user.create_tag() for _ in range(40)]
    task = user.create_task(tag_ids=[tag["id"] for tag in tags[:20]])
    answer = user.call("PUT", f"tasks/{task['id']}", {"tag_ids": [tag["id"] for tag in tags[20:]]})
    assert answer.json["tags"] == shown(*tags[20:])
    fsck(dump())


def test_same_tags_change_nothing(user: Caller, dump: Dump) -> None:
    tags = [user.create_tag() for _ in range(2)]
    created = user.call("POST", "tasks", {"title": "x", "tag_ids": [tag["id"] for tag in tags]})
    before = dump()
    answer = user.call("PUT", f"tasks/{created.json['id']}", {"tag_ids": [tag["id"] for tag in reversed(tags)]})
    assert (answer.json, answer.headers["etag"]) == (created.json, created.headers["etag"])
    assert dump() == before


def test_absent_tag_ids_keep_the_tags(user: Caller, dump: Dump) -> None:
    task = user.create_task(tag_ids=[user.create_tag()["id"]], due_date="2026-12-24")
    for method, path, body in (
        ("PUT", "", {"title": "new"}),
        ("PATCH", "", {"description": "x"}),
        ("PATCH", "", {"priority": "high", "due_date": None}),
        ("PATCH", "/complete", None),
        ("PATCH", "/complete", {"completed": False}),
    ):
        assert user.call(method, f"tasks/{task['id']}{path}", body).json["tags"] == task["tags"]
    fsck(dump())


@either
def test_21_tags_are_refused_422_with_the_limit_and_nothing_is_written(user: Caller, dump: Dump, how: str) -> None:
    tags, task = [user.create_tag() for _ in range(21)], user.create_task()
    before = dump()
    answer = create_or_update(user, how, [tag["id"] for tag in tags], task)
    assert_problem(answer, 422, "invalid_fields")
    assert answer.json["errors"] == [
        {"loc": ["body", "tag_ids"], "msg": "A task should have at most 20 tags", "type": "too_many_tags"}
    ]
    assert dump() == before


@either
@pytest.mark.parametrize("kind", ["unknown", "another's", "a task's", "deleted", "deleted and gone"])
def test_tag_that_is_not_there_is_refused_404_and_nothing_is_written(
    user: Caller, stranger: Caller, dump: Dump, stream: Stream, how: str, kind: str
) -> None:
    good, gone, task = user.create_tag(), user.create_tag(), user.create_task()
    user.create_task(tag_ids=[gone["id"]])
    user.call("DELETE", f"tags/{gone['id']}")
    if kind == "deleted and gone":
        stream.drain()
    wrong = {"unknown": UNKNOWN_ID, "another's": stranger.create_tag()["id"], "a task's": task["id"]}
    before = dump()
    answer = create_or_update(user, how, [good["id"], wrong.get(kind, gone["id"])], task)
    assert_problem(answer, 404, "tag_not_found")
    assert dump() == before


@pytest.mark.parametrize("etags", ['"v2"', '"x"'])
def test_if_match_of_another_version_is_refused_412_and_no_tag_changes(user: Caller, dump: Dump, etags: str) -> None:
    tag = user.create_tag()
    task = user.create_task()
    before = dump()
    answer = user.call("PUT", f"tasks/{task['id']}", {"tag_ids": [tag["id"]]}, headers={"If-Match": etags})
    assert_problem(answer, 412, "precondition_failed")
    assert dump() == before
    assert_problem(user.call("PUT", f"tasks/{UNKNOWN_ID}", {"tag_ids": [tag["id"]]}), 404, "task_not_found")


def test_task_is_answered_304_until_one_of_its_tags_is_shown_differently(user: Caller) -> None:
    tag = user.create_tag(name="old")
    created = user.call("POST", "tasks", {"title": "x", "tag_ids": [tag["id"]]})
    path, known = f"tasks/{created.json['id']}", {"If-None-Match": created.headers["etag"]}
    assert user.call("GET", path, headers=known).status == 304
    user.call("PUT", f"tags/{tag['id']}", {"name": "new"})
    answer = user.call("GET", path, headers=known)
    assert (answer.status, answer.json["tags"][0]["name"]) == (200, "new")
    assert user.call("GET", path, headers={"If-None-Match": answer.headers["etag"]}).status == 304
    user.call("DELETE", f"tags/{tag['id']}")
    answer = user.call("GET", path, headers={"If-None-Match": answer.headers["etag"]})
    assert (answer.status, answer.json["tags"], answer.headers["etag"]) == (200, [], '"v1"')


def test_entity_tag_of_a_task_with_tags_lets_it_be_changed_though_a_tag_is_shown_differently(user: Caller) -> None:
    tag = user.create_tag()
    created = user.call("POST", "tasks", {"title": "x", "tag_ids": [tag["id"]]})
    user.call("PUT", f"tags/{tag['id']}", {"color": "#00ff00"})
    path, seen = f"tasks/{created.json['id']}", {"If-Match": created.headers["etag"]}
    assert user.call("PATCH", path, {"title": "y"}, headers=seen).status == 200
    assert_problem(user.call("PATCH", path, {"title": "z"}, headers=seen), 412, "precondition_failed")


@pytest.mark.parametrize("etags", [None, '"v1"', "*"])
def test_deleted_task_leaves_no_link(user: Caller, dump: Dump, etags: str | None) -> None:
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"], user.create_tag()["id"]])
    headers = {"If-Match": etags} if etags else {}
    assert user.call("DELETE", f"tasks/{task['id']}", headers=headers).status == 204
    assert user.call("GET", "tasks", query=f"tag={tag['id']}").json["items"] == []
    assert [item["sk"]["S"] for item in dump() if task["id"] in str(item)] == [f"TRASH#{task['id']}"]
    fsck(dump())


def test_delete_of_a_task_with_tags_obeys_if_match(user: Caller, dump: Dump) -> None:
    task = user.create_task(tag_ids=[user.create_tag()["id"]])
    before = dump()
    answer = user.call("DELETE", f"tasks/{task['id']}", headers={"If-Match": '"v2"'})
    assert_problem(answer, 412, "precondition_failed")
    assert answer.headers["etag"] == '"v1"'
    assert dump() == before
