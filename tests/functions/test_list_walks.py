"""GET /api/{user_id}/tasks - a walk shows each task that was there throughout exactly once, whatever happens between pages."""

import itertools
import os
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdo.base import ids, times
from lambdo.table import aws
from lambdo.tasks.models import Task
from tests.support.lists import expected, items_of
from tools.in_process.api import Answer, Api, Json
from tools.measure import partition

NOW = datetime.fromisoformat("2026-11-21T12:00:00Z")
PAGES = 150  # no walk is longer
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata"]
LIMITS = ["2025-01-01", "2025-09-15T12:00:00Z", "2026-11-21"]

filters = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["open", "done"]),
        "priority": st.sampled_from(["low", "medium", "high"]),
        "tag": st.lists(st.sampled_from([0, 1]), min_size=1, max_size=2, unique=True),
        "due_before": st.sampled_from(LIMITS),
        "due_after": st.sampled_from(LIMITS),
        "overdue": st.just("true"),
        "q": st.sampled_from(["pay", "the"]),
        "sort": st.sampled_from(["created_at", "-created_at", "due_date", "-due_date", "priority"]),
    },
)
changes = st.sampled_from(["add", "complete", "priority", "due_date", "title", "tag", "delete"])


class Plan(NamedTuple):
    """A list, its tasks, and what happens between its pages."""

    filters: dict[str, Any]
    zone: str
    amount: int
    size: int
    limits: list[int]
    changes: list[list[str]]
    seed: int


plans = st.builds(
    Plan,
    filters=filters,
    zone=st.sampled_from(ZONES),
    amount=st.integers(0, 60),
    size=st.sampled_from([610, 610, 5000]),
    limits=st.lists(st.integers(1, 12), min_size=1, max_size=3),
    changes=st.lists(st.lists(changes, max_size=4), max_size=8),
    seed=st.integers(0, 1000),
)


class User:
    """A user of a plan, with the tasks loaded straight into the table."""

    def __init__(self, api: Api, plan: Plan) -> None:
        self.api, self.id, self.chance = api, ids.new_id(), random.Random(plan.seed)
        client, name = aws.client("dynamodb"), os.environ["TABLE_NAME"]
        self.tasks = {one["id"]: one for one in map(self._task, [plan] * plan.amount, range(plan.amount))}
        partition.load(client, name, [partition.profile(self.id, plan.zone), *partition.items(self.id, 0, tags=2)])
        partition.load(client, name, [item for task in self.tasks.values() for item in partition.items_of(task)])
        self.added: set[str] = set()
        self.moved: set[str] = set()

    def call(self, method: str, path: str, body: Json | None = None, query: str = "") -> Answer:
        verdict = {"user_id": self.id, "sid": "x", "exp": 4e9}
        return self.api.call(method, f"/api/me/{path}", body, query=query, verdict=verdict)

    def page(self, query: dict[str, Any]) -> tuple[list[Json], str | None]:
        answer = self.call("GET", "tasks", query=urlencode(query, doseq=True))
        cursor: str | None = answer.json["next_cursor"]
        return items_of(answer), cursor

    def change(self, kind: str) -> None:
        """Do something to a task, not always one that there is; remember it if its place in some list may be another now."""
        task_id = self.chance.choice([*self.tasks, *self.added, ids.new_id()])
        path, due = f"tasks/{task_id}", self.chance.choice(LIMITS)
        match kind:
            case "add":
                tag_ids = self.chance.choice([[], [partition.tag_id(0)]])
                fields = {"completed": self.chance.random() < 0.3, "due_date": self.chance.choice([None, due])}
                answer = self.call(
                    "POST", "tasks", {"title": "pay", "description": "the", "tag_ids": tag_ids, **fields}
                )
                self.added.add(answer.json["id"])
            case "complete":
                answer = self.call("PATCH", f"{path}/complete")
            case "tag":
                answer = self.call("PUT", f"{path}/tags/{partition.tag_id(self.chance.choice([0, 1]))}")
            case "delete":
                answer = self.call("DELETE", path)
            case _:
                values = {"priority": self.chance.choice(["low", "high"]), "title": self.chance.choice(["pay", "rest"])}
                answer = self.call("PATCH", path, {kind: {"due_date": self.chance.choice([None, due]), **values}[kind]})
        assert answer.status < 300 or answer.status == 404, answer.text
        if kind != "add":
            self.moved.add(task_id)

    def shown(self) -> list[Json]:
        """Return the first tasks as lists show them."""
        return [{**task, "tags": [{"id": one} for one in sorted(task["tag_ids"])]} for task in self.tasks.values()]

    def _task(self, plan: Plan, number: int) -> Task:
        chosen = frozenset(partition.tag_id(i) for i in (0, 1) if self.chance.random() < 0.4)
        return {**partition.task(self.id, number, plan.amount, size=plan.size), "tag_ids": chosen}


@pytest.fixture(scope="module", autouse=True)
def _noon() -> Any:
    """Let the clock begin at noon and go on by a microsecond at each look: no two changes have one time stamp."""
    ticks = itertools.count()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(times, "now", lambda: NOW + timedelta(microseconds=next(ticks)))
        yield


@settings(
    max_examples=250, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(plan=plans)
def test_walk_shows_each_task_that_stays_exactly_once_and_in_order(api: Api, plan: Plan) -> None:
    user = User(api, plan)
    query = {**plan.filters, "tag": [partition.tag_id(i) for i in plan.filters.get("tag", [])]}
    seen: list[str] = []
    cursor: str | None = None
    between = itertools.chain(plan.changes, itertools.repeat([]))
    for limit, kinds in zip(itertools.islice(itertools.cycle(plan.limits), PAGES), between, strict=False):
        page, cursor = user.page({**query, "limit": limit, **({"cursor": cursor} if cursor else {})})
        assert len(page) <= limit
        seen += [task["id"] for task in page]
        if cursor is None:
            break
        for kind in kinds:
            user.change(kind)
    assert cursor is None, "the walk does not end"
    wanted = [task["id"] for task in expected(user.shown(), query, zone=plan.zone, now=NOW)]
    assert [one for one in seen if one in user.tasks.keys() - user.moved] == [
        one for one in wanted if one not in user.moved
    ]
    assert seen == [] or max(Counter(one for one in seen if one not in user.moved).values(), default=1) == 1
    assert set(seen) <= user.tasks.keys() | user.added
