"""Measure what a page of tasks costs among many: `uv run python -m tools.bench.million --tasks 1000000 --endpoint URL`.

Makes a table of its own at any DynamoDB-compatible endpoint, loads one user's tasks into it, reads pages at the start, in the
middle and at the end of each list with the code of the real function, and prints the units by tools.bench.capacity, as a
Markdown table for docs/benchmarks.md. The table is deleted at the end. Without an endpoint the embedded back end serves; it
reads a user's whole partition for each query, so some 50,000 tasks are its limit.
"""

import argparse
import contextlib
import fcntl
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qs

import botocore.session

from tools.local.backend import start_backend, stop_backend, wait_until_ready
from tools.local.provision import provision_keys, use_endpoints
from tools.local.template import read_template

if TYPE_CHECKING:
    from lambdo.models.task import Task
    from tools.bench.capacity import Recorder

ROOT: Final = Path(__file__).parent.parent.parent
TAGS: Final = 10
PAGES: Final = 5  # read at each place, one after the other
TABLE: Final = ("AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "BillingMode")
USER: Final = "0193c1f0-0000-7000-8000-000000000001"


class List(NamedTuple):
    """A list to measure: its parameters, and where a task stands in it (None: not in it)."""

    query: str
    order: Callable[["Task"], str | None]
    descending: bool = True


def main() -> None:
    """Load, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=20_000, help="how many tasks the user has")
    parser.add_argument("--endpoint", help="a DynamoDB-compatible server; default: the embedded one")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "layers" / "common"))
    with _back_end(options.endpoint) as client, _table(client) as table:
        from tools.bench import partition  # noqa: PLC0415 - needs the layer on the path and the endpoints set

        started = time.monotonic()
        partition.load(client, table, partition.items(USER, options.tasks, tags=TAGS))
        partition.load(client, table, [partition.profile(USER)])
        print(f"{options.tasks} tasks loaded in {time.monotonic() - started:.0f} s", file=sys.stderr)
        _measure(client, options.tasks)


@contextlib.contextmanager
def _back_end(endpoint: str | None) -> Iterator[Any]:
    """Start the embedded back end, which keeps the keys of cursors in any case; yield a client of DynamoDB."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        embedded = start_backend(ROOT, Path(folder), lock.fileno())
        try:
            wait_until_ready(embedded)
            use_endpoints(endpoint or embedded.url, embedded.url)
            os.environ["POWERTOOLS_SERVICE_NAME"] = "lambdo"
            unresolved = read_template(ROOT / "template.yaml", {}, {})
            application = read_template(ROOT / "template.yaml", {}, provision_keys(unresolved, ROOT))
            os.environ |= application.functions["ListTasksFunction"].environment
            yield botocore.session.get_session().create_client("dynamodb")
        finally:
            stop_backend(embedded)


@contextlib.contextmanager
def _table(client: Any) -> Iterator[str]:  # noqa: ANN401 - botocore's clients are untyped
    """Make a table like the template's under a name that nobody has, for as long as the with block takes."""
    (properties,) = read_template(ROOT / "template.yaml", {}, {}).tables.values()
    name = os.environ["TABLE_NAME"] = f"lambdo-bench-{uuid.uuid4()}"
    client.create_table(TableName=name, **{key: properties[key] for key in TABLE})
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    try:
        yield name
    finally:
        with contextlib.suppress(
            client.exceptions.ResourceNotFoundException
        ):  # a slow server's answer to a repeated call
            client.delete_table(TableName=name)


def _lists() -> list[List]:
    from lambdo import times  # noqa: PLC0415 - as in main
    from lambdo.models.task import PRIORITY_RANK  # noqa: PLC0415 - as in main
    from tools.bench.partition import tag_id  # noqa: PLC0415 - as in main

    today = times.now().date().isoformat()

    def by_id(task: "Task") -> str:
        return task["id"]

    def by_due(task: "Task") -> str | None:
        return f"{task['due_date']}#{task['id']}" if task["due_date"] else None

    def overdue(task: "Task") -> str | None:
        return by_due(task) if (task["due_date"] or "~") < today else None

    def by_priority(task: "Task") -> str:
        return f"{PRIORITY_RANK[task['priority']]}#{task['id']}"

    def where(order: Callable[["Task"], str | None], **fields: Any) -> Callable[["Task"], str | None]:
        return lambda task: order(task) if all(task[name] == value for name, value in fields.items()) else None  # type: ignore[literal-required]

    return [
        List("", by_id),
        List("sort=created_at", by_id, descending=False),
        List("status=open", where(by_id, completed=False)),
        List("status=done", where(by_id, completed=True)),
        List("status=open&priority=high", where(by_priority, completed=False, priority="high")),
        List("status=open&sort=priority", where(by_priority, completed=False)),
        List("status=open&sort=due_date", where(by_due, completed=False), descending=False),
        List("status=open&sort=-due_date", where(by_due, completed=False)),
        List("overdue=true", where(overdue, completed=False), descending=False),
        List("status=open&due_after=2023-01-01", where(by_due, completed=False), descending=False),
        List("priority=high", where(by_priority, priority="high")),
        List("sort=priority", by_priority),
        List("sort=due_date", by_due, descending=False),
        List(f"tag={tag_id(3)}", where(by_id, tag_ids=frozenset({tag_id(3)}))),
        List("q=dentist", by_id),
        List("q=no+such+words", by_id),
        List("status=open&q=bicycle", where(by_id, completed=False)),
        List(f"status=open&priority=high&tag={tag_id(3)}", where(by_id, tag_ids=frozenset({tag_id(3)}))),
    ]


def _measure(client: Any, count: int) -> None:  # noqa: ANN401 - botocore's clients are untyped
    from lambdo.store import aws  # noqa: PLC0415 - as in main
    from tools.bench import partition  # noqa: PLC0415 - as in main
    from tools.bench.capacity import Recorder  # noqa: PLC0415 - as in main

    tasks = [partition.task(USER, number, count, tags=TAGS) for number in range(count)]
    print(f"| list | tasks in it | first pages | middle | last | ms a page |\n|{'---|' * 6}")
    with Recorder(client, ()).listen(aws.client("dynamodb")) as recorder:
        for one in _lists():
            orders = sorted(filter(None, map(one.order, tasks)), reverse=one.descending)
            started = time.monotonic()
            places = [_walk(recorder, one.query, _before(orders, at)) for at in (0, len(orders) // 2, len(orders) - 50)]
            pages = sum(number for number, _ in places)
            milliseconds = (time.monotonic() - started) * 1000 / pages
            query = one.query.replace(partition.tag_id(3), "t") or "(none)"
            print(
                f"| `{query}` | {len(orders):,} | {' | '.join(text for _, text in places)} | {milliseconds:.0f} |",
                flush=True,
            )


def _before(orders: list[str], at: int) -> str | None:
    """Return the order that a page ends with so that the next begins at a place; None for the start."""
    return orders[at - 1] if at > 0 else None


def _walk(recorder: "Recorder", query: str, after: str | None) -> tuple[int, str]:
    """Read some pages from a place on; return their number, and calls and units of each, equal ones once."""
    from lambdo import cursors  # noqa: PLC0415 - as in main
    from lambdo.models.task_query import parse  # noqa: PLC0415 - as in main
    from lambdo.services.task_lists import list_tasks  # noqa: PLC0415 - as in main

    wanted = parse(parse_qs(query))
    cursor = cursors.sign(f"0:{after}", wanted.scope(USER)) if after else None
    costs: list[str] = []
    for _ in range(PAGES):
        recorder.reset()
        page = list_tasks(USER, wanted._replace(cursor=cursor))
        costs.append(f"{recorder.read:g} RRU in {len(recorder.calls)}")
        cursor = page.next_cursor
        if cursor is None:
            break
    return len(costs), ", ".join(dict.fromkeys(costs))


if __name__ == "__main__":
    main()
