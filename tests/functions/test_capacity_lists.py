"""What a page of tasks may cost: the same units with 1,000 and with 5,000 tasks, and never much more than the scan budget."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from lambdo.tasks.runs import SCAN_BUDGET
from tools.in_process.api import Api, Caller, Json
from tools.measure.bill import Bill, Cost, load
from tools.measure.partition import tag_id

SIZES = (1_000, 5_000)  # less and more than the 1 MB that one query reads
TAGS = 10
QUERY, PROFILE, LINKS = "Query", "GetItem", "BatchGetItem"

# parameters, calls, read units of a page of 20
SIMPLE: list[tuple[dict[str, Any], list[str], float]] = [
    ({}, [QUERY], 3),
    ({"sort": "created_at"}, [QUERY], 3),
    ({"status": "open"}, [QUERY], 3),
    ({"status": "done", "sort": "created_at"}, [QUERY], 3),
    ({"status": "open", "priority": "high"}, [QUERY], 3),
    ({"status": "open", "sort": "priority"}, [QUERY], 3),
    ({"status": "open", "sort": "due_date"}, [QUERY], 3),
    ({"status": "done", "sort": "-due_date"}, [QUERY], 3),
    # Without a status: one query for the open tasks, one for those done.
    ({"priority": "high"}, [QUERY] * 2, 6),
    ({"sort": "priority"}, [QUERY] * 2, 6),
    ({"sort": "due_date"}, [QUERY] * 2, 6),
    ({"sort": "-due_date"}, [QUERY] * 2, 6),
    # Dates are the user's: the profile says in which time zone.
    ({"status": "open", "due_before": "2026-06-01"}, [PROFILE, QUERY], 4),
    ({"status": "done", "due_after": "2024-06-01"}, [PROFILE, QUERY], 4),
    ({"overdue": "true"}, [PROFILE, QUERY], 4),
    ({"due_after": "2024-06-01"}, [PROFILE, QUERY, QUERY], 7),
    # 20 links and the tag, read eventually, and 20 tasks.
    ({"tag": [tag_id(3)]}, [QUERY, LINKS], 0.5 + 0.5 + 10),
]
MIXED: list[dict[str, Any]] = [
    {"q": "no such words"},
    {"q": "no such words", "status": "open"},
    {"q": "no such words", "sort": "priority"},
    {"q": "no such words", "sort": "due_date"},
    {"q": "no such words", "overdue": "true"},
    {"priority": "low", "sort": "created_at", "q": "lamp"},
    {"priority": "low", "sort": "due_date", "status": "done"},
    {"tag": [tag_id(0)], "sort": "priority"},
    {"tag": [tag_id(0)], "sort": "-due_date"},
    {"tag": [tag_id(0)], "q": "no such words"},
    {"tag": [tag_id(0), tag_id(1)]},
    {"tag": [tag_id(0)], "status": "done", "priority": "high"},
]


@pytest.fixture(scope="module")
def users(api: Api, _empty_table: None) -> dict[int, Caller]:
    """Somebody with 1,000 tasks and somebody with 5,000, each of 610 bytes, one in ten with a tag."""
    users = {size: api.sign_up() for size in SIZES}
    for size, user in users.items():
        load(user.id, size, tags=TAGS)
    return users


@pytest.fixture(scope="module")
def heavy(api: Api, _empty_table: None) -> Caller:
    """Somebody with 150 tasks of 6,000 bytes, as large as the API takes them, one in ten with a tag."""
    user = api.sign_up()
    load(user.id, 150, tags=1, size=6_000)
    return user


@pytest.fixture(scope="module")
def light(api: Api, _empty_table: None) -> Caller:
    """Somebody with 300 tasks of 610 bytes."""
    user = api.sign_up()
    load(user.id, 300, tags=1)
    return user


def page(bill: Bill, user: Caller, parameters: dict[str, Any], cursor: str | None = None) -> tuple[Json, Cost]:
    """Return a page, and what the list itself has cost: showing tags is one more call, of a unit for each tag."""
    bill.recorder.reset()
    query = {**parameters, "cursor": cursor} if cursor else parameters
    answer = user.call("GET", "tasks", query=urlencode(query, doseq=True))
    cost = bill.of(answer)
    known = parameters.get("tag", []) if parameters.get("sort", "created_at").endswith("created_at") else []
    shown = {tag["id"] for task in answer.json["items"] for tag in task["tags"]} - {*known}
    if shown:
        assert bill.recorder.charges[-1][:2] == ("BatchGetItem", len(shown))
        cost = Cost(cost.calls - 1, cost.read - len(shown), cost.write)
        bill.recorder.charges.pop()
    return answer.json, cost


def walk(bill: Bill, user: Caller, parameters: dict[str, Any], most: int = 100) -> Iterator[tuple[Json, Cost]]:
    cursor: str | None = None
    for _ in range(most):
        answer, cost = page(bill, user, parameters, cursor)
        yield answer, cost
        cursor = answer["next_cursor"]
        if cursor is None:
            return
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("parameters", "calls", "units"), SIMPLE, ids=str)
def test_page_of_20_costs_the_same_among_1000_and_5000_tasks(
    users: dict[int, Caller], bill: Bill, parameters: dict[str, Any], calls: list[str], units: float, size: int
) -> None:
    cursor: str | None = None
    for _ in range(2 if len(calls) == 1 else 1):  # the embedded back end takes its time for each query among 5,000
        answer, cost = page(bill, users[size], parameters, cursor)
        if len(answer["items"]) < 20:  # the one with few tasks has no more of these
            assert size == SIZES[0]
            assert answer["next_cursor"] is None
            return
        assert bill.recorder.calls == calls
        assert cost == Cost(len(calls), units, 0)
        cursor = answer["next_cursor"]


@pytest.mark.parametrize("limit", [1, 20, 100])
def test_page_reads_no_more_tasks_than_it_shows(users: dict[int, Caller], bill: Bill, limit: int) -> None:
    _, cost = page(bill, users[1_000], {"limit": limit, "sort": "created_at"})
    assert cost == Cost(1, -(-610 * limit // 4096), 0)


@pytest.mark.parametrize("size", ["light", "heavy"])
@pytest.mark.parametrize("parameters", MIXED, ids=str)
def test_combination_never_reads_more_than_the_budget_and_its_walk_ends(
    bill: Bill, parameters: dict[str, Any], size: str, request: pytest.FixtureRequest
) -> None:
    found = list(walk(bill, request.getfixturevalue(size), parameters))
    profile = "overdue" in parameters  # is no part of the budget: it is read once, whatever there is to scan
    assert max(cost.read for _, cost in found) <= SCAN_BUDGET + profile
    assert len(found) > 1
    shown = [task["id"] for answer, _ in found for task in answer["items"]]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("parameters", MIXED[:4], ids=str)
def test_combination_that_finds_nothing_comes_back_short_with_a_cursor(
    light: Caller, bill: Bill, parameters: dict[str, Any]
) -> None:
    answer, cost = page(bill, light, parameters)
    assert answer["items"] == []
    assert answer["next_cursor"] is not None
    assert 7 <= cost.read <= SCAN_BUDGET
