"""A stranger never sees, changes or can even tell another's tasks."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import UNKNOWN_ID, Answer, Caller
from tools.local.application import Application

TASK, TAG, LINK = "tasks/{task_id}", "tags/{tag_id}", "tasks/{task_id}/tags/{tag_id}"
RESTORE = "tasks/trash/{task_id}/restore"
ITEM_ROUTES: list[tuple[str, str, Any]] = [
    ("GET", TASK, None),
    ("PUT", TASK, {"title": "stolen"}),
    ("PUT", TASK, {"completed": True}),
    ("PUT", TASK, {"tag_ids": []}),
    ("PUT", TASK, {}),
    ("PATCH", TASK, {"title": "stolen"}),
    ("PATCH", TASK, {"priority": "high"}),
    ("DELETE", TASK, None),
    ("PATCH", f"{TASK}/complete", None),
    ("PATCH", f"{TASK}/complete", {"completed": True}),
    ("POST", RESTORE, None),
    ("GET", TAG, None),
    ("PUT", TAG, {"name": "stolen"}),
    ("PUT", TAG, {"color": None}),
    ("PUT", TAG, {}),
    ("PATCH", TAG, {"name": "stolen"}),
    ("DELETE", TAG, None),
    ("PUT", LINK, None),
    ("DELETE", LINK, None),
]
LIST_ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "tasks", None),
    ("POST", "tasks", {"title": "planted"}),
    ("POST", "tasks/bulk", {"operations": [{"op": "create", "task": {"title": "planted"}}]}),
    ("GET", "tasks/trash", None),
    ("DELETE", "tasks/trash", None),
    ("GET", "tags", None),
    ("POST", "tags", {"name": "planted"}),
]
HEADERS = [{}, {"If-Match": "*"}, {"If-Match": '"v1"'}, {"If-None-Match": '"v1"'}]


def seen(answer: Answer) -> tuple[int, dict[str, str], str]:
    return answer.status, answer.headers, answer.text


@pytest.mark.check("A01")
def test_routes_below_are_all_that_the_template_has(application: Application) -> None:
    covered = {(method, path) for method, path, _ in ITEM_ROUTES + LIST_ROUTES}
    declared = {
        (route.method, route.path.removeprefix("/api/{user_id}/"))
        for route in application.routes
        if "{user_id}" in route.path
    }
    assert covered == declared
    with_ids = {one.path for one in application.routes if one.authorizer and "{" in one.path.replace("{user_id}", "")}
    other_ids = with_ids - {f"/api/{{user_id}}/{path}" for _, path in covered}
    assert other_ids == {"/api/auth/sessions/{session_id}"}, "test_delete_session.py has its strangers"


@pytest.mark.check("A01")
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
    tag = user.create_tag()
    task = user.create_task(tag_ids=[tag["id"]])
    if path == RESTORE:
        user.call("DELETE", f"tasks/{task['id']}")
    before = dump()
    for owner in ("me", stranger.id):
        theirs, unknown = (
            stranger.call(method, f"/api/{owner}/{filled}", body, headers=headers, request_id="the same")
            for filled in (
                path.format(task_id=task["id"], tag_id=tag["id"]),
                path.format(task_id=UNKNOWN_ID, tag_id=UNKNOWN_ID),
            )
        )
        assert_problem(theirs, 404, "task_not_found" if "task_id" in path else "tag_not_found")
        assert seen(theirs) == seen(unknown)
    assert dump() == before


@pytest.mark.check("A01")
@pytest.mark.parametrize(("method", "path", "body"), ITEM_ROUTES, ids=str)
def test_anothers_path_is_refused_403_whatever_the_id(
    user: Caller, stranger: Caller, dump: Callable[[], list[dict[str, Any]]], method: str, path: str, body: Any
) -> None:
    ids = [(one.create_task()["id"], one.create_tag()["id"]) for one in (user, stranger)]
    before = dump()
    answers = [
        stranger.call(
            method, f"/api/{user.id}/{path.format(task_id=task_id, tag_id=tag_id)}", body, request_id="the same"
        )
        for task_id, tag_id in (*ids, (UNKNOWN_ID, UNKNOWN_ID), ("nonsense", "nonsense"))
    ]
    assert_problem(answers[0], 403, "forbidden")
    assert all(seen(answer) == seen(answers[0]) for answer in answers)
    assert dump() == before


@pytest.mark.check("A01")
@pytest.mark.parametrize(("method", "path", "body"), LIST_ROUTES, ids=str)
def test_anothers_list_is_refused_403_like_that_of_nobody(
    user: Caller, stranger: Caller, dump: Callable[[], list[dict[str, Any]]], method: str, path: str, body: Any
) -> None:
    user.create_task()
    user.call("DELETE", f"tasks/{user.create_task()['id']}")
    before = dump()
    theirs, nobodys = (
        stranger.call(method, f"/api/{owner}/{path}", body, request_id="the same") for owner in (user.id, UNKNOWN_ID)
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
