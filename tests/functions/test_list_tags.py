"""GET /api/{user_id}/tags."""

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import Caller


def test_tags_are_answered_oldest_first(user: Caller, stranger: Caller) -> None:
    stranger.create_tag()
    tags = [user.create_tag(name=name, color="#00ff00") for name in ("b", "a", "C")]
    answer = user.call("GET", "tags")
    assert (answer.status, answer.json) == (200, {"items": tags})
    assert answer.headers["content-type"] == "application/json"
    assert user.call("GET", f"/api/{user.id}/tags").json == answer.json


def test_nobody_has_tags_at_first(user: Caller) -> None:
    user.create_task()
    assert user.call("GET", "tags").json == {"items": []}


def test_renamed_and_deleted_tags_are_answered_so_at_once(user: Caller) -> None:
    first, second = user.create_tag(name="first"), user.create_tag(name="second")
    renamed = user.call("PATCH", f"tags/{first['id']}", {"name": "renamed"}).json
    user.create_task(tag_ids=[second["id"]])
    user.call("DELETE", f"tags/{second['id']}")
    assert user.call("GET", "tags").json == {"items": [renamed]}


@pytest.mark.parametrize(("query", "name"), [("limit=5", "limit"), ("cursor=", "cursor"), ("x", "x")])
def test_any_parameter_is_refused_422(user: Caller, query: str, name: str) -> None:
    answer = user.call("GET", "tags", query=query)
    assert_problem(answer, 422, "invalid_fields")
    assert [one["loc"] for one in answer.json["errors"]] == [["query", name]]


def test_stranger_is_refused_403(user: Caller, stranger: Caller) -> None:
    assert_problem(stranger.call("GET", f"/api/{user.id}/tags"), 403, "forbidden")
