"""A stranger never sees, changes or can even tell another's tasks."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.caller import UNKNOWN_ID, Answer, Caller, assert_problem
from tools.local.application import Application

ITEM_ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PUT", "", {"title": "stolen"}),
    ("PUT", "", {"completed": True}),
    ("PUT", "", {}),
    ("PATCH", "", {"title": "stolen"}),
    ("PATCH", "", {"priority": "high"}),
    ("DELETE", "", None),
    ("PATCH", "/complete", None),
    ("PATCH", "/complete", {"completed": True}),
]
LIST_ROUTES: list[tuple[str, str, Any]] = [("GET", "", None), ("POST", "", {"title": "planted"})]
HEADERS = [{}, {"If-Match": "*"}, {"If-Match": '"v1"'}, {"If-None-Match": '"v1"'}]


def seen(answer: Answer) -> tuple[int, dict[str, str], str]:
    return answer.status, answer.headers, answer.text


def test_routes_below_are_all_that_the_template_has(application: Application) -> None:
    covered = {(method, f"/{{task_id}}{path}") for method, path, _ in ITEM_ROUTES}
    covered |= {(method, path) for method, path, _ in LIST_ROUTES}
    declared = {
        (route.method, route.path.removeprefix("/api/{user_id}/tasks"))
        for route in application.routes
        if "{user_id}" in route.path
    }
    assert covered == declared


@pytest.mark.parametrize("headers", HEADERS, ids=str)
@pytest.mark.parametrize(("method", "path", "body"), ITEM_ROUTES, ids=str)
def test_anothers_id_on_ones_own_path_is_the_same_404_as_an_unknown_id(
    user: Caller,
    stranger: Caller,
    dump: Callable[[], list[dict[str, Any]]],
    method: str,
    path: str,
    body: Any,
    headers: dict[str, str],
) -> None:
    task = user.create_task()
    before = dump()
    for owner in ("me", stranger.id):
        theirs, unknown = (
            stranger.call(method, f"/api/{owner}/tasks/{task_id}{path}", body, headers=headers, request_id="the same")
            for task_id in (task["id"], UNKNOWN_ID)
        )
        assert_problem(theirs, 404, "task_not_found")
        assert seen(theirs) == seen(unknown)
    assert dump() == before


@pytest.mark.parametrize(("method", "path", "body"), ITEM_ROUTES, ids=str)
def test_anothers_path_is_refused_403_whatever_the_id(
    user: Caller, stranger: Caller, dump: Callable[[], list[dict[str, Any]]], method: str, path: str, body: Any
) -> None:
    task, own = user.create_task(), stranger.create_task()
    before = dump()
    answers = [
        stranger.call(method, f"/api/{user.id}/tasks/{task_id}{path}", body, request_id="the same")
        for task_id in (task["id"], own["id"], UNKNOWN_ID, "nonsense")
    ]
    assert_problem(answers[0], 403, "forbidden")
    assert all(seen(answer) == seen(answers[0]) for answer in answers)
    assert dump() == before


@pytest.mark.parametrize(("method", "path", "body"), LIST_ROUTES, ids=str)
def test_anothers_list_is_refused_403_like_that_of_nobody(
    user: Caller, stranger: Caller, dump: Callable[[], list[dict[str, Any]]], method: str, path: str, body: Any
) -> None:
    user.create_task()
    before = dump()
    theirs, nobodys = (
        stranger.call(method, f"/api/{owner}/tasks{path}", body, request_id="the same")
        for owner in (user.id, UNKNOWN_ID)
    )
    assert_problem(theirs, 403, "forbidden")
    assert seen(theirs) == seen(nobodys)
    assert dump() == before


@pytest.mark.parametrize(
    "name", ["{upper}", "Me", "ME", "*", "{own}%00", "{own}%2f..", "..", "%23", "USER%23{own}", "{own} "]
)
def test_every_spelling_but_me_and_ones_exact_id_is_refused_403(user: Caller, name: str) -> None:
    path = name.replace("{upper}", user.id.upper()).replace("{own}", user.id)
    assert_problem(user.call("GET", f"/api/{path}/tasks"), 403, "forbidden")


def test_anothers_cursor_is_refused_400(user: Caller, stranger: Caller) -> None:
    for _ in range(2):
        user.create_task()
        stranger.create_task()
    cursor = user.call("GET", "tasks", query="limit=1").json["next_cursor"]
    assert_problem(stranger.call("GET", "tasks", query=f"cursor={cursor}"), 400, "invalid_cursor")


@pytest.mark.parametrize("header", ["x-user-id", "user_id", "x-amzn-oidc-identity", "x-forwarded-user"])
def test_identity_in_a_header_is_ignored(user: Caller, stranger: Caller, header: str) -> None:
    mine = stranger.create_task()
    user.create_task()
    assert stranger.call("GET", "tasks", headers={header: user.id}).json["items"] == [mine]
