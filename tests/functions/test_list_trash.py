"""GET /api/{user_id}/tasks/trash."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from lambdo.tasks import cursors
from tests.support.frame import assert_problem
from tools.in_process.api import Caller, Json

type Clock = Callable[..., None]


@pytest.fixture
def deleted(user: Caller) -> list[Json]:
    """Five tasks, last deleted first, which is not the order of their creation."""
    tasks = [user.create_task(title=f"task {number}") for number in range(5)]
    user.create_task(title="kept")
    return [delete(user, tasks[number]) for number in (3, 0, 4, 1, 2)][::-1]


def delete(user: Caller, task: Json) -> Json:
    assert user.call("DELETE", f"tasks/{task['id']}").status == 204
    return task


def trash(user: Caller, query: str = "") -> list[Json]:
    answer = user.call("GET", "tasks/trash", query=query)
    assert answer.status == 200, answer.text
    items: list[Json] = answer.json["items"]
    return items


def bare(items: list[Json]) -> list[Json]:
    """Return the tasks without what only the trash shows of them."""
    return [{name: one[name] for name in one.keys() - {"deleted_at", "expires_at"}} for one in items]


def test_no_deleted_tasks_are_answered_200_with_no_items(user: Caller) -> None:
    user.create_task()
    answer = user.call("GET", "tasks/trash")
    assert (answer.status, answer.json) == (200, {"items": [], "next_cursor": None})


def test_deleted_tasks_are_listed_last_deleted_first_and_whole(user: Caller, deleted: list[Json]) -> None:
    assert bare(trash(user)) == deleted


def test_task_is_shown_as_it_was_with_the_tags_that_still_exist(user: Caller, clock: Clock) -> None:
    kept, gone = (user.create_tag() for _ in range(2))
    fields = {"description": "x", "completed": True, "priority": "high", "due_date": "2026-12-01"}
    task = user.create_task(tag_ids=[kept["id"], gone["id"]], **fields)
    clock(seconds=1)
    delete(user, task)
    user.call("DELETE", f"tags/{gone['id']}")
    user.call("PATCH", f"tags/{kept['id']}", {"name": "renamed"})
    (shown,) = trash(user)
    tags = [{"id": kept["id"], "name": "renamed", "color": None}]
    assert bare([shown]) == [{**task, "tags": tags}]
    assert shown["deleted_at"] > task["updated_at"]


def test_task_expires_30_days_after_its_deletion_and_is_no_longer_shown(user: Caller, clock: Clock) -> None:
    first = delete(user, user.create_task())
    clock(days=1)
    second = delete(user, user.create_task())
    by_id = {one["id"]: one for one in trash(user)}
    day = {name: one["deleted_at"][:10] for name, one in by_id.items()}
    assert by_id.keys() == {first["id"], second["id"]}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z", one["expires_at"]) for one in by_id.values())
    assert by_id[first["id"]]["expires_at"] < by_id[second["id"]]["expires_at"]
    assert day[first["id"]] < day[second["id"]]
    clock(days=28, hours=23, minutes=59)
    assert len(trash(user)) == 2
    clock(minutes=2)
    assert bare(trash(user)) == [second]


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (100, [5])])
def test_pages_hold_limit_tasks_without_gap_or_repeat(
    user: Caller, deleted: list[Json], limit: int, sizes: list[int]
) -> None:
    found: list[list[Json]] = []
    path, query = "/api/me/tasks/trash", f"limit={limit}"
    while query:
        answer = user.call("GET", path, query=query)
        found.append(bare(answer.json["items"]))
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        assert bool(link) == bool(answer.json["next_cursor"])
        path, query = (urlsplit(link[1]).path, urlsplit(link[1]).query) if link else ("", "")
    assert [len(page) for page in found if page] == sizes
    assert [task for page in found for task in page] == deleted


def test_default_page_holds_20(user: Caller) -> None:
    for _ in range(21):
        delete(user, user.create_task())
    assert len(trash(user)) == 20


def test_tasks_deleted_and_restored_between_pages_leave_no_gap(user: Caller, deleted: list[Json]) -> None:
    cursor = user.call("GET", "tasks/trash", query="limit=2").json["next_cursor"]
    delete(user, user.create_task(title="newer"))
    restored = deleted[1]  # the very one that the cursor names
    assert user.call("POST", f"tasks/trash/{restored['id']}/restore").status == 200
    assert bare(trash(user, f"cursor={cursor}")) == deleted[2:]


def test_cursor_whose_place_has_expired_is_at_the_end(user: Caller, clock: Clock) -> None:
    for _ in range(3):
        delete(user, user.create_task())
    cursor = user.call("GET", "tasks/trash", query="limit=1").json["next_cursor"]
    clock(days=31)
    answer = user.call("GET", "tasks/trash", query=f"cursor={cursor}")
    assert (answer.status, answer.json) == (200, {"items": [], "next_cursor": None})


@pytest.mark.check("H11")
def test_cursor_of_another_list_or_user_is_refused_400(user: Caller, stranger: Caller, deleted: list[Json]) -> None:
    user.create_task()
    cursor = user.call("GET", "tasks/trash", query="limit=1").json["next_cursor"]
    of_the_tasks = user.call("GET", "tasks", query="limit=1").json["next_cursor"]
    for somebody, path, given in (
        (user, "tasks/trash", of_the_tasks),
        (user, "tasks", cursor),
        (stranger, "tasks/trash", cursor),
        (user, "tasks/trash", cursor[:-1]),
        (user, "tasks/trash", cursors.sign("x", [stranger.id, "trash"])),
    ):
        assert_problem(somebody.call("GET", path, query=f"cursor={given}"), 400, "invalid_cursor")


def test_tags_of_many_tasks_are_read_at_once(user: Caller) -> None:
    tags = [user.create_tag()["id"] for _ in range(26)]
    tasks = [user.create_task(tag_ids=some) for some in (tags[:13], tags[13:])]
    for task in tasks:
        delete(user, task)
    assert [len(one["tags"]) for one in trash(user)] == [13, 13]


def test_trash_holds_ones_own_tasks_only(user: Caller, stranger: Caller, deleted: list[Json]) -> None:
    assert trash(stranger) == []


QUERIES = [
    "",
    "sort=created_at",
    "status=open",
    "status=done",
    "sort=due_date",
    "sort=priority",
    "priority=high",
    "q=a",
]


@pytest.mark.parametrize("query", [*QUERIES, "tag={tag}", "due_before=2030-01-01"])
def test_deleted_task_is_in_no_other_list(user: Caller, query: str) -> None:
    tag = user.create_tag()
    fields = {"priority": "high", "due_date": "2026-12-01", "tag_ids": [tag["id"]]}
    for completed in (False, True):
        delete(user, user.create_task(completed=completed, **fields))
    listed = user.call("GET", "tasks", query=query.format(tag=tag["id"])).json
    assert listed == {"items": [], "next_cursor": None}


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "tasks/{task}", None),
    ("PUT", "tasks/{task}", {"title": "x"}),
    ("PATCH", "tasks/{task}", {"completed": True}),
    ("PATCH", "tasks/{task}/complete", None),
    ("PUT", "tasks/{task}/tags/{tag}", None),
    ("DELETE", "tasks/{task}/tags/{tag}", None),
    ("DELETE", "tasks/{task}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=str)
def test_deleted_task_is_404_to_everything_else_and_stays_as_it_is(
    user: Caller, dump: Callable[[], list[Json]], method: str, path: str, body: Any
) -> None:
    tag = user.create_tag()
    task = delete(user, user.create_task(tag_ids=[tag["id"]]))
    before = dump()
    answer = user.call(method, path.format(task=task["id"], tag=tag["id"]), body)
    assert_problem(answer, 404, "task_not_found")
    assert dump() == before
