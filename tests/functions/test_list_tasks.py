"""GET /api/{user_id}/tasks."""

import re
from urllib.parse import urlsplit

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import Caller, Json


@pytest.fixture
def tasks(user: Caller) -> list[Json]:
    """Seven tasks, newest first, every third one done."""
    return [user.create_task(title=f"task {i}", completed=i % 3 == 0) for i in range(7)][::-1]


def pages(user: Caller, query: str) -> list[list[Json]]:
    """Follow the Link headers from the first page to the last."""
    found, path = [], "/api/me/tasks"
    while True:
        answer = user.call("GET", path, query=query)
        assert answer.status == 200, answer.text
        assert answer.json.keys() == {"items", "next_cursor"}
        found.append(answer.json["items"])
        if answer.json["next_cursor"] is None:
            assert "link" not in answer.headers
            return found
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers["link"])
        assert link is not None
        path, query = urlsplit(link[1]).path, urlsplit(link[1]).query
        assert answer.json["next_cursor"] in query


def test_no_tasks_are_answered_200_with_no_items(user: Caller) -> None:
    answer = user.call("GET", "tasks")
    assert (answer.status, answer.json) == (200, {"items": [], "next_cursor": None})


def test_tasks_are_listed_newest_first_and_whole(user: Caller, tasks: list[Json]) -> None:
    assert pages(user, "") == [tasks]


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 7), (2, [2, 2, 2, 1]), (3, [3, 3, 1]), (100, [7])])
def test_pages_hold_limit_tasks_without_gap_or_repeat(
    user: Caller, tasks: list[Json], limit: int, sizes: list[int]
) -> None:
    found = pages(user, f"limit={limit}")
    assert [len(page) for page in found if page] == sizes
    assert [task for page in found for task in page] == tasks


@pytest.mark.parametrize(("status", "completed"), [("open", False), ("done", True)])
def test_status_lists_only_those_in_order(user: Caller, tasks: list[Json], status: str, completed: bool) -> None:
    found = [task for page in pages(user, f"status={status}&limit=2") for task in page]
    assert found == [task for task in tasks if task["completed"] is completed]


def test_default_page_holds_20(user: Caller) -> None:
    for _ in range(21):
        user.create_task()
    assert [len(page) for page in pages(user, "")] == [20, 1]


def test_change_of_status_is_listed_at_once(user: Caller, tasks: list[Json]) -> None:
    user.call("PATCH", f"tasks/{tasks[0]['id']}/complete", {"completed": True})
    assert tasks[0]["id"] in [one["id"] for one in user.call("GET", "tasks", query="status=done").json["items"]]
    assert tasks[0]["id"] not in [one["id"] for one in user.call("GET", "tasks", query="status=open").json["items"]]


@pytest.mark.parametrize("query", ["limit=3", "limit=3&status=open"])
def test_tasks_added_and_removed_between_pages_leave_no_gap(user: Caller, tasks: list[Json], query: str) -> None:
    wanted = [task["id"] for task in tasks if "status" not in query or not task["completed"]]
    first = user.call("GET", "tasks", query=query).json
    user.create_task(title="newer")
    user.call("DELETE", f"tasks/{first['items'][-1]['id']}")  # the very one that the cursor names
    rest = user.call("GET", "tasks", query=f"{query}&cursor={first['next_cursor']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == wanted[: 3 + len(rest["items"])]


def test_cursor_serves_another_page_size(user: Caller, tasks: list[Json]) -> None:
    cursor = user.call("GET", "tasks", query="limit=2").json["next_cursor"]
    assert user.call("GET", "tasks", query=f"cursor={cursor}&limit=5").json["items"] == tasks[2:]


def test_cursor_serves_twice(user: Caller, tasks: list[Json]) -> None:
    cursor = user.call("GET", "tasks", query="limit=2").json["next_cursor"]
    first, second = (user.call("GET", "tasks", query=f"cursor={cursor}").json for _ in range(2))
    assert first == second


def test_link_keeps_the_other_parameters_and_the_callers_path(user: Caller, tasks: list[Json]) -> None:
    answer = user.call("GET", f"/api/{user.id}/tasks", query="status=open&limit=1")
    assert answer.headers["link"].startswith(f"</api/{user.id}/tasks?status=open&limit=1&cursor=")


def test_list_holds_ones_own_tasks_only(user: Caller, stranger: Caller, tasks: list[Json]) -> None:
    mine = stranger.create_task(title="theirs")
    assert stranger.call("GET", "tasks").json["items"] == [mine]


def test_stranger_is_refused_403(user: Caller, stranger: Caller) -> None:
    assert_problem(stranger.call("GET", f"/api/{user.id}/tasks"), 403, "forbidden")
