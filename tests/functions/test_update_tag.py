"""PUT and PATCH /api/{user_id}/tags/{tag_id}."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Caller, Json

type Dump = Callable[[], list[dict[str, Any]]]

MERGE_PATCH = "application/merge-patch+json"
CHANGES = [
    {"name": "new"},
    {"name": "OLD"},  # the same name to the claim, another to people
    {"name": "o\u0308ld"},
    {"color": "#00ff00"},
    {"color": None},
    {"name": "new", "color": None},
    {"name": "new", "color": "#00ff00"},
]


@pytest.fixture
def tag(user: Caller) -> Json:
    return user.create_tag(name="old", color="#ff0000")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("changes", CHANGES, ids=ascii)
def test_sent_fields_change_and_every_task_shows_them_at_once(
    user: Caller, tag: Json, dump: Dump, method: str, changes: Json
) -> None:
    task = user.create_task(tag_ids=[tag["id"]])
    answer = user.call(method, f"tags/{tag['id']}", changes)
    assert answer.status == 200, answer.text
    assert answer.json["updated_at"] > tag["updated_at"]
    assert answer.json == {**tag, **changes, "version": 2, "updated_at": answer.json["updated_at"]}
    assert answer.headers["etag"] == '"v2"'
    assert user.call("GET", f"tags/{tag['id']}").json == answer.json
    shown = {name: answer.json[name] for name in ("id", "name", "color")}
    for after in (user.call("GET", f"tasks/{task['id']}").json, user.call("GET", "tasks").json["items"][0]):
        assert after == {**task, "tags": [shown]}  # the task itself has not changed
    fsck(dump())


@pytest.mark.parametrize("changes", [{}, {"name": "old"}, {"name": " old "}, {"color": "#FF0000"}], ids=str)
def test_no_change_writes_nothing(user: Caller, tag: Json, dump: Dump, changes: Json) -> None:
    before = dump()
    answer = user.call("PATCH", f"tags/{tag['id']}", changes)
    assert (answer.status, answer.json, answer.headers["etag"]) == (200, tag, '"v1"')
    assert dump() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_merge_patch_is_read_as_json(user: Caller, tag: Json, method: str) -> None:
    answer = user.call(method, f"tags/{tag['id']}", {"name": "new"}, headers={"content-type": MERGE_PATCH})
    assert answer.json["name"] == "new"


@pytest.mark.parametrize("name", ["taken", "TAKEN", "Täken".replace("ä", "a"), " taken "])
def test_name_of_another_tag_is_refused_409_and_both_claims_stay(
    user: Caller, tag: Json, dump: Dump, name: str
) -> None:
    other = user.create_tag(name="taken")
    before = dump()
    assert_problem(user.call("PUT", f"tags/{tag['id']}", {"name": name, "color": None}), 409, "tag_already_exists")
    assert dump() == before
    assert user.call("PUT", f"tags/{other['id']}", {"name": "free"}).status == 200
    assert user.call("PUT", f"tags/{tag['id']}", {"name": name}).json["name"] == name.strip()
    fsck(dump())


def test_old_name_is_free_after_a_rename(user: Caller, tag: Json, dump: Dump) -> None:
    user.call("PUT", f"tags/{tag['id']}", {"name": "new"})
    assert user.create_tag(name="old")["id"] != tag["id"]
    assert_problem(user.call("POST", "tags", {"name": "New"}), 409, "tag_already_exists")
    fsck(dump())


@pytest.mark.parametrize("changes", [{"name": "new"}, {"color": None}, {}], ids=str)
@pytest.mark.parametrize("etags", ['"v1"', '"v7", "v1"', "*"])
def test_if_match_of_the_version_is_answered_200(user: Caller, tag: Json, changes: Json, etags: str) -> None:
    assert user.call("PUT", f"tags/{tag['id']}", changes, headers={"If-Match": etags}).status == 200


@pytest.mark.parametrize("changes", [{"name": "new"}, {"color": None}, {}], ids=str)
@pytest.mark.parametrize("etags", ['"v2"', 'W/"v1"', '"v01"', f'"v{"9" * 40}"'])
def test_if_match_of_another_version_is_refused_412_with_the_current_etag(
    user: Caller, tag: Json, dump: Dump, changes: Json, etags: str
) -> None:
    before = dump()
    answer = user.call("PATCH", f"tags/{tag['id']}", changes, headers={"If-Match": etags})
    assert_problem(answer, 412, "precondition_failed")
    assert answer.headers["etag"] == '"v1"'
    assert dump() == before


@pytest.mark.parametrize("changes", [{"name": "new"}, {"color": None}, {}], ids=str)
def test_unknown_and_deleted_tags_are_refused_404(user: Caller, tag: Json, dump: Dump, changes: Json) -> None:
    user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tags/{tag['id']}")
    before = dump()
    for tag_id in (UNKNOWN_ID, tag["id"]):
        for headers in ({}, {"If-Match": '"v1"'}):
            assert_problem(user.call("PUT", f"tags/{tag_id}", changes, headers=headers), 404, "tag_not_found")
    assert dump() == before


def test_stranger_is_refused_403_on_anothers_path_and_404_on_ones_own(
    user: Caller, stranger: Caller, tag: Json, dump: Dump
) -> None:
    before = dump()
    assert_problem(stranger.call("PUT", f"/api/{user.id}/tags/{tag['id']}", {"name": "x"}), 403, "forbidden")
    assert_problem(stranger.call("PUT", f"tags/{tag['id']}", {"name": "x"}), 404, "tag_not_found")
    assert dump() == before
