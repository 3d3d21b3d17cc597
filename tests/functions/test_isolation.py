"""A stranger never sees, changes or can even tell another's tasks."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.routes import GUARDED, NAMING_A_USER
from tools.in_process.api import UNKNOWN_ID, Answer, Caller
from tools.in_process.endpoints import Endpoint, Request
from tools.in_process.table import Dump
from tools.in_process.world import World

HEADERS = [{}, {"If-Match": "*"}, {"If-Match": '"v1"'}, {"If-None-Match": '"v1"'}]


def seen(answer: Answer) -> tuple[int, dict[str, str], str]:
    return answer.status, answer.headers, answer.text


ITEMS = [endpoint for endpoint in NAMING_A_USER if endpoint.parameters != ["user_id"]]
LISTS = [endpoint for endpoint in NAMING_A_USER if endpoint.parameters == ["user_id"]]


def good_ones(endpoint: Endpoint) -> list[Request]:
    """Return an endpoint's good requests of one's own things, of each body one."""
    found = {str(one.body): one for one in reversed(endpoint.requests) if one.status < 300 and not one.cold}
    nothing = [replace(endpoint.good, body={})] if endpoint.method in {"PUT", "PATCH"} and endpoint.needs_body else []
    return [replace(one, headers={}) for one in [*found.values(), *nothing]]


@pytest.mark.check("A01")
def test_ids_in_paths_without_a_user_are_those_of_sessions() -> None:
    others = {one.path for one in GUARDED if one.parameters and one not in NAMING_A_USER}
    assert others == {"/api/auth/sessions/{session_id}"}, "test_delete_session.py has its strangers"


@pytest.mark.check("A01")
@pytest.mark.parametrize("headers", HEADERS, ids=str)
@pytest.mark.parametrize("request_", [one for endpoint in ITEMS for one in good_ones(endpoint)], ids=str)
def test_anothers_id_on_ones_own_path_is_the_same_404_as_an_unknown_id(
    world: World, stranger: Caller, dump: Dump, request_: Request, headers: dict[str, str]
) -> None:
    named = {"task_id", "tag_id"} & set(re.findall(r"{(\w+)", request_.path))
    before = dump()
    for owner in ("me", stranger.id):
        theirs, unknown = (
            world.send(
                replace(request_, headers=headers, ids={**ids, "user_id": owner}), as_=stranger, request_id="the same"
            )
            for ids in (request_.ids, dict.fromkeys(named, "unknown"))
        )
        assert_problem(theirs, 404, "task_not_found" if "task_id" in named else "tag_not_found")
        assert seen(theirs) == seen(unknown)
    assert dump() == before


@pytest.mark.check("A01")
@pytest.mark.parametrize("request_", [one for endpoint in ITEMS for one in good_ones(endpoint)], ids=str)
def test_anothers_path_is_refused_403_whatever_the_id(
    world: World, stranger: Caller, dump: Dump, request_: Request
) -> None:
    own = {"task_id": stranger.create_task()["id"], "tag_id": stranger.create_tag()["id"]}
    before = dump()
    some = [request_.ids, own, *({"task_id": name, "tag_id": name} for name in ("unknown", "nonsense"))]
    answers = [
        world.send(replace(request_, ids={**ids, "user_id": world.user.id}), as_=stranger, request_id="the same")
        for ids in some
    ]
    assert_problem(answers[0], 403, "forbidden")
    assert all(seen(answer) == seen(answers[0]) for answer in answers)
    assert dump() == before


@pytest.mark.check("A01")
@pytest.mark.parametrize("request_", [one for endpoint in LISTS for one in good_ones(endpoint)], ids=str)
def test_anothers_list_is_refused_403_like_that_of_nobody(
    world: World, stranger: Caller, dump: Dump, request_: Request
) -> None:
    before = dump()
    theirs, nobodys = (
        world.send(replace(request_, ids={"user_id": owner}), as_=stranger, request_id="the same")
        for owner in (world.user.id, "unknown")
    )
    assert_problem(theirs, 403, "forbidden")
    assert seen(theirs) == seen(nobodys)
    assert dump() == before


@pytest.mark.check("A06")
@pytest.mark.parametrize(
    "name", ["{upper}", "Me", "ME", "*", "{own}%00", "{own}%2f..", "..", "%23", "USER%23{own}", "{own} "]
)
def test_every_spelling_but_me_and_ones_exact_id_is_refused_403(user: Caller, name: str) -> None:
    path = name.replace("{upper}", user.id.upper()).replace("{own}", user.id)
    assert_problem(user.call("GET", f"/api/{path}/tasks"), 403, "forbidden")


@pytest.mark.check("A01")
def test_anothers_tag_is_the_same_404_as_an_unknown_one_on_ones_own_task(
    user: Caller, stranger: Caller, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    task, tag, own = stranger.create_task(), user.create_tag(), stranger.create_tag()
    before = dump()
    for method, path, name in (
        ("POST", "tasks", "tag_ids"),
        ("PUT", f"tasks/{task['id']}", "tag_ids"),
        ("PATCH", f"tasks/{task['id']}", "tag_ids"),
        ("PUT", f"tasks/{task['id']}/tags/{{}}", ""),
    ):
        theirs, unknown = (
            stranger.call(
                method,
                path.format(tag_id),
                {"title": "x", name: [own["id"], tag_id]} if name else None,
                request_id="the same",
            )
            for tag_id in (tag["id"], UNKNOWN_ID)
        )
        assert_problem(theirs, 404, "tag_not_found")
        assert seen(theirs) == seen(unknown)
    assert dump() == before


@pytest.mark.check("A01")
def test_list_by_anothers_tag_is_the_same_as_by_an_unknown_one(user: Caller, stranger: Caller) -> None:
    tag = user.create_tag()
    user.create_task(tag_ids=[tag["id"]])
    theirs, unknown = (
        stranger.call("GET", "tasks", query=f"tag={tag_id}", request_id="the same")
        for tag_id in (tag["id"], UNKNOWN_ID)
    )
    assert seen(theirs) == seen(unknown)
    assert theirs.json == {"items": [], "next_cursor": None}


def test_names_of_tags_are_free_for_everybody(user: Caller, stranger: Caller) -> None:
    mine, theirs = user.create_tag(name="shared"), stranger.create_tag(name="shared")
    assert user.call("GET", "tags").json["items"] == [mine]
    assert stranger.call("GET", "tags").json["items"] == [theirs]


@pytest.mark.check("H11")
def test_anothers_cursor_is_refused_400(user: Caller, stranger: Caller) -> None:
    for _ in range(2):
        user.create_task()
        stranger.create_task()
    cursor = user.call("GET", "tasks", query="limit=1").json["next_cursor"]
    assert_problem(stranger.call("GET", "tasks", query=f"cursor={cursor}"), 400, "invalid_cursor")


@pytest.mark.check("A02")
@pytest.mark.parametrize("header", ["x-user-id", "user_id", "x-amzn-oidc-identity", "x-forwarded-user"])
def test_identity_in_a_header_is_ignored(user: Caller, stranger: Caller, header: str) -> None:
    mine = stranger.create_task()
    user.create_task()
    assert stranger.call("GET", "tasks", headers={header: user.id}).json["items"] == [mine]
