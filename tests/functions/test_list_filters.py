"""GET /api/{user_id}/tasks - every filter and order, alone and combined, against the plain oracle of tests/lists.py."""

import itertools
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from lambdo.base import times
from tests.support.frame import assert_problem
from tests.support.lists import expected, items_of, next_link, pages
from tools.in_process.api import UNKNOWN_ID, Api, Caller, Json

SORTS = ["created_at", "-created_at", "due_date", "-due_date", "priority"]
NOW = datetime.fromisoformat("2026-11-21T12:00:00Z")
TITLES = ["Call the café", "buy milk", "CAFE closing time", "Zürich trip", "plan"]
DUE = [
    None, "2026-11-20", "2026-11-21", "2026-11-22", "2026-12-24", "2026-11-21T11:59:59Z", "2026-11-21T12:00:00Z",
    "2026-11-21T23:30:00+05:30", "2026-11-22T00:00:00Z", None,
]  # fmt: skip
SINGLE: list[dict[str, Any]] = [
    {"status": "open"}, {"status": "done"}, {"priority": "high"}, {"priority": "low"}, {"tag": [0]}, {"tag": [0, 1]},
    {"tag": [2, 0, 1]}, {"due_before": "2026-11-21"}, {"due_before": "2026-11-21T12:00:00Z"},
    {"due_after": "2026-11-20"}, {"due_after": "2026-11-21T12:00:00Z"}, {"overdue": "true"},
    {"q": "CAFÉ"}, {"q": "milk"}, {"q": "the"},
]  # fmt: skip


class World:
    """A user with some 60 tasks of every kind, and what each looks like."""

    def __init__(self, api: Api) -> None:
        chance = random.Random(3)
        self.user = api.sign_up()
        self.tags: list[str] = [self.user.create_tag()["id"] for _ in range(4)]
        self.tasks: list[Json] = [
            self.user.create_task(
                title=chance.choice(TITLES),
                description=chance.choice([None, "see the CAFÉ's page", "at the corner"]),
                completed=chance.random() < 0.4,
                priority=chance.choice(["low", "medium", "high"]),
                due_date=due,
                tag_ids=chance.sample(self.tags[:3], chance.choice([0, 0, 1, 2, 3])),
            )
            for due in DUE * 6
        ]

    def query(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters with the ids of the tags that they number."""
        return (
            {**parameters, "tag": [self.tags[i] for i in parameters["tag"]]} if "tag" in parameters else {**parameters}
        )


@pytest.fixture(scope="module")
def world(api: Api, _empty_table: None) -> World:
    return World(api)


@pytest.fixture
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "now", lambda: NOW)


def check(world: World, parameters: Mapping[str, Any], limit: int = 100) -> None:
    query = world.query(parameters)
    found = list(pages(world.user, urlencode({**query, "limit": limit}, doseq=True)))
    wanted = expected(world.tasks, query, now=NOW)
    assert [one["title"] for page in found for one in page] == [one["title"] for one in wanted]
    assert [one for page in found for one in page] == wanted
    assert all(len(page) <= limit for page in found)


@pytest.mark.usefixtures("_noon")
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("filters", [{}, *SINGLE], ids=str)
def test_filter_in_any_order_lists_what_the_oracle_does(world: World, filters: dict[str, Any], sort: str) -> None:
    check(world, {**filters, "sort": sort})
    check(world, {**filters, "sort": sort}, limit=7)


@pytest.mark.usefixtures("_noon")
@pytest.mark.parametrize("filters", [{}, *SINGLE], ids=str)
def test_filter_alone_is_newest_first_or_in_due_order(world: World, filters: dict[str, Any]) -> None:
    check(world, filters, limit=9)


@pytest.mark.usefixtures("_noon")
@pytest.mark.parametrize(
    "pair",
    [(a, b) for a, b in itertools.combinations(SINGLE, 2) if not a.keys() & b.keys()],
    ids=str,
)
def test_two_filters_list_what_both_leave(world: World, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    check(world, {**pair[0], **pair[1]}, limit=11)


@pytest.mark.usefixtures("_noon")
def test_60_random_combinations_list_what_the_oracle_does(world: World) -> None:
    chance = random.Random(4)
    for _ in range(60):
        filters = {name: value for one in chance.sample(SINGLE, chance.randint(3, 6)) for name, value in one.items()}
        check(world, {**filters, **chance.choice([{}, {"sort": chance.choice(SORTS)}])}, chance.choice([1, 4, 20, 100]))


@pytest.mark.usefixtures("_noon")
@pytest.mark.parametrize("query", [
    "due_before=2026-11-20&due_after=2026-11-21",
    "due_before=2026-11-21T12:00:00Z&due_after=2026-11-21T12:00:00Z",
    "due_before=0001-01-01",
    "due_after=9999-12-31",
    "due_after=9999-12-31T23:59:59.999999Z",
    "overdue=true&status=done",
    "overdue=true&due_after=2026-11-21",
    "overdue=true&due_after=2027-01-01&sort=priority",
])  # fmt: skip
def test_contradictory_filters_list_nothing_and_end_at_once(world: World, query: str) -> None:
    answer = world.user.call("GET", "tasks", query=query)
    assert answer.json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query", [f"tag={UNKNOWN_ID}", f"tag={UNKNOWN_ID}&sort=priority", f"tag={UNKNOWN_ID}&overdue=true"]
)
def test_unknown_tag_lists_nothing(world: World, query: str) -> None:
    assert [task for page in pages(world.user, query) for task in page] == []


def test_tag_without_tasks_lists_nothing(world: World) -> None:
    check(world, {"tag": [3]})
    check(world, {"tag": [3, 0]})
    check(world, {"tag": [0, 3]})


def test_repeated_tag_counts_once(world: World) -> None:
    check(world, {"tag": [0, 0, 1, 0]})


def test_strangers_tag_lists_nothing(world: World, stranger: Caller) -> None:
    stranger.create_task()
    assert stranger.call("GET", "tasks", query=f"tag={world.tags[0]}").json["items"] == []


def test_tasks_show_their_tags_as_they_are_now(user: Caller) -> None:
    tag = user.create_tag(name="old")
    task = user.create_task(tag_ids=[tag["id"]])
    user.call("PATCH", f"tags/{tag['id']}", {"name": "new", "color": "#00FF00"})
    for query in ("", f"tag={tag['id']}", "status=open", "sort=priority", "sort=due_date"):
        (listed,) = items_of(user.call("GET", "tasks", query=query))
        assert listed["tags"] == [{"id": tag["id"], "name": "new", "color": "#00ff00"}]
    user.call("DELETE", f"tags/{tag['id']}")
    for query in ("", "status=open", "sort=priority", "sort=due_date"):
        (listed,) = items_of(user.call("GET", "tasks", query=query))
        assert (listed["id"], listed["tags"]) == (task["id"], [])
    assert items_of(user.call("GET", "tasks", query=f"tag={tag['id']}")) == []


@pytest.mark.parametrize(("query", "name"), [
    ("status=all", "status"), ("status=", "status"), ("status=Open", "status"), ("status=open&status=open", "status"),
    ("priority=urgent", "priority"), ("priority=HIGH", "priority"), ("priority=low&priority=high", "priority"),
    ("tag=x", "tag"), ("tag=", "tag"), (f"tag={UNKNOWN_ID.upper()}", "tag"), (f"tag={UNKNOWN_ID}&tag=x", "tag"),
    ("&".join([f"tag={UNKNOWN_ID}"] * 21), "tag"), (f"tag={UNKNOWN_ID},{UNKNOWN_ID}", "tag"),
    ("due_before=tomorrow", "due_before"), ("due_before=", "due_before"), ("due_before=2026-02-30", "due_before"),
    ("due_before=2026-11-21T09:00:00", "due_before"), ("due_before=2026-11-21&due_before=2026-11-22", "due_before"),
    ("due_after=2026", "due_after"), ("due_after=2026-11-21T09:00:00+25:00", "due_after"),
    ("due_after=0001-01-01T00:00:00%2B01:00", "due_after"), ("due_after=0000-01-01", "due_after"),
    ("overdue=false", "overdue"),
    ("overdue=yes", "overdue"), ("overdue=1", "overdue"), ("overdue", "overdue"), ("overdue=TRUE", "overdue"),
    ("overdue=true&overdue=true", "overdue"), ("q=", "q"), ("q=%CC%81", "q"), (f"q={'x' * 101}", "q"), (f"q={'%C3%A9' * 101}", "q"),
    ("q=a&q=b", "q"), ("sort=title", "sort"), ("sort=", "sort"), ("sort=-priority", "sort"), ("sort=due_date,id", "sort"),
    ("sort=due_date&sort=priority", "sort"), ("limit=0", "limit"), ("limit=101", "limit"), ("limit=1000", "limit"),
    ("limit=-1", "limit"), ("limit=20&limit=20", "limit"), ("cursor=a&cursor=a", "cursor"), ("page=2", "page"),
    ("offset=20", "offset"), ("Status=open", "Status"), ("tags=x", "tags"), ("due=2026-11-21", "due"), ("order=asc", "order"),
])  # fmt: skip
def test_wrong_parameter_is_422_and_named(world: World, query: str, name: str) -> None:
    for more in ("", "&limit=5&sort=priority" if name not in {"limit", "sort"} else "&priority=low"):
        answer = world.user.call("GET", "tasks", query=query + more)
        assert_problem(answer, 422, "invalid_fields")
        assert [error["loc"] for error in answer.json["errors"]] == [["query", name]]


def test_every_wrong_parameter_is_named(world: World) -> None:
    answer = world.user.call("GET", "tasks", query="limit=0&sort=x&q=&tag=x&due_after=x&overdue=x&status=x&priority=x")
    assert {error["loc"][1] for error in answer.json["errors"]} == {
        "limit", "sort", "q", "tag", "due_after", "overdue", "status", "priority",
    }  # fmt: skip


@pytest.mark.parametrize(
    "value", ["2026-11-21", "2026-11-21T09:00:00Z", "2026-11-21T09:00:00%2B01:00", "2026-11-21t09:00:00.5z"]
)
def test_due_limit_is_a_date_or_a_date_time_with_an_offset(world: World, value: str) -> None:
    for name in ("due_before", "due_after"):
        items_of(world.user.call("GET", "tasks", query=f"{name}={value}"))


def other_lists(world: World) -> list[str]:
    first, second = world.tags[:2]
    return [
        "",
        "status=open",
        "sort=created_at",
        "sort=priority",
        "sort=due_date",
        "sort=-due_date",
        "priority=high",
        "q=a",
        "q=b",
        "due_before=2026-12-01",
        "due_after=2026-11-01",
        "overdue=true",
        f"tag={first}",
        f"tag={second}",
        f"tag={first}&tag={second}",
    ]


def test_cursor_is_of_its_list_only(world: World) -> None:
    queries = other_lists(world)
    cursors = {
        query: world.user.call("GET", "tasks", query=f"{query}&limit=1").json["next_cursor"] for query in queries
    }
    for query, (other, cursor) in itertools.product(queries, cursors.items()):
        answer = world.user.call("GET", "tasks", query=f"{query}&cursor={cursor}")
        if query == other:
            items_of(answer)
        else:
            assert_problem(answer, 400, "invalid_cursor")


def test_cursor_is_of_its_user_only(world: World, stranger: Caller) -> None:
    for query in other_lists(world):
        cursor = world.user.call("GET", "tasks", query=f"{query}&limit=1").json["next_cursor"]
        assert_problem(stranger.call("GET", "tasks", query=f"{query}&cursor={cursor}"), 400, "invalid_cursor")


def test_link_keeps_every_parameter_and_repeated_tags(world: World) -> None:
    first, second = world.tags[:2]
    query = f"tag={first}&limit=1&q=a&tag={second}&sort=created_at&due_after=2026-11-01T00%3A00%3A00%2B01%3A00"
    answer = world.user.call("GET", f"/api/{world.user.id}/tasks", query=query)
    assert next_link(answer) == f"/api/{world.user.id}/tasks?{query}&cursor={answer.json['next_cursor']}"


def test_overdue_moves_with_the_clock(user: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    task = user.create_task(due_date="2026-11-21T12:00:00Z")
    for seconds, overdue in ((-1, []), (0, []), (1, [task])):
        moment = NOW + timedelta(seconds=seconds)
        monkeypatch.setattr(times, "now", lambda moment=moment: moment)
        assert items_of(user.call("GET", "tasks", query="overdue=true")) == overdue
