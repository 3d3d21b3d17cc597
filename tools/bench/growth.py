"""A table that grows: what the same requests cost while it does. Takes a client of a DynamoDB-compatible server with the empty table."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Final

from lambdo.table import aws
from lambdo.tasks import store as tasks
from lambdo.tasks.service import complete_task, create_task, update_task
from tools.bench.lists import LISTS, costs
from tools.bench.page import Figures
from tools.measure import partition
from tools.measure.capacity import INDEXES, Recorder, WireItem

SIZES: Final = (1_000, 100_000, 1_000_000)
CROWD: Final = 100_000
TASKS_EACH: Final = 3  # of the crowd
TAGS: Final = 10


def grow(client: Any) -> list[Figures]:  # noqa: ANN401 - botocore's clients are untyped
    """Return a column of figures for the smallest user alone, the same in the crowd, and each of the others."""
    smallest, *others = SIZES
    _load(client, _items(smallest))
    columns = [_column(client, smallest, f"{smallest:,}")]
    _load(client, chain.from_iterable(map(_one_of_the_crowd, range(CROWD))))
    columns.append(_column(client, smallest, f"{smallest:,}, among {CROWD:,} users"))
    for size in others:
        _load(client, _items(size))
        columns.append(_column(client, size, f"{size:,}"))
    return columns


def _user(number: int) -> str:
    return f"0193c1f0-0000-7000-8000-{number:012d}"


def _items(size: int) -> Iterator[WireItem]:
    yield partition.profile(_user(size))
    yield from partition.items(_user(size), size, tags=TAGS)


def _one_of_the_crowd(number: int) -> Iterator[WireItem]:
    user_id = _user(10**9 + number)
    yield partition.profile(user_id)
    yield from partition.items(user_id, TASKS_EACH)


def _load(client: Any, items: Iterable[WireItem]) -> None:  # noqa: ANN401 - as above
    started = time.monotonic()
    partition.load(client, os.environ["TABLE_NAME"], iter(items))
    print(f"  loaded in {time.monotonic() - started:.0f} s", flush=True)


def _column(client: Any, size: int, name: str) -> Figures:  # noqa: ANN401 - as above
    user_id = _user(size)
    its_tasks = [partition.task(user_id, number, size, tags=TAGS) for number in range(size)]
    with Recorder(client, INDEXES).listen(aws.client("dynamodb")) as recorder:
        lists = {}
        for one in LISTS:
            orders = one.orders(its_tasks)
            lists[one.name] = {"tasks": len(orders), **costs(recorder, user_id, one, orders)}
        plain = next(one for one in its_tasks[size // 2 :] if not one["due_date"] and not one["tag_ids"])
        return {"name": name, "lists": lists, "operations": _operations(recorder, user_id, plain["id"])}


def _operations(recorder: Recorder, user_id: str, task_id: str) -> dict[str, str]:
    """Return what requests about single tasks, without tags or due date, cost: read and write units, and calls."""
    new = {
        "title": "x",
        "description": "x" * 300,
        "completed": False,
        "priority": "medium",
        "due_date": None,
        "tag_ids": frozenset[str](),
    }
    requests: dict[str, Callable[[], object]] = {
        "get a task": lambda: tasks.get(user_id, task_id),
        "create a task": lambda: create_task(user_id, new),
        "edit its title": lambda: update_task(user_id, task_id, {"title": "y"}, None),
        "complete or reopen it": lambda: complete_task(user_id, task_id, None, None),
    }
    found = {}
    for name, send in requests.items():
        recorder.reset()
        send()
        found[name] = f"{recorder.read:g} + {recorder.write:g} in {len(recorder.calls)}"
    return found
