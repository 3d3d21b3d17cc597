"""Every kind of list of tasks, and what its pages cost at the start, in the middle and at the end of it."""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from lambdo.base import times
from lambdo.tasks import cursors
from lambdo.tasks.lists import list_tasks
from lambdo.tasks.models import PRIORITY_RANK, Task
from lambdo.tasks.query import RULES, from_values
from lambdo.web.page_query import FIRST_PAGE, PAGE_RULES, read_values
from tools.measure.capacity import Recorder
from tools.measure.partition import tag_id

PAGES: Final = 5  # read at each place, one after the other
TAG: Final = tag_id(3)

type Order = Callable[[Task], str | None]


class List(NamedTuple):
    """A list to measure: its parameters, and where a task stands in it (None: not in it)."""

    query: str
    order: Order
    descending: bool = True

    @property
    def name(self) -> str:
        """The parameters, with a short name for the tag."""
        return self.query.replace(TAG, "t") or "(none)"

    def orders(self, tasks: Iterable[Task]) -> list[str]:
        """Return the places of those tasks that the list has, in its order."""
        return sorted(filter(None, map(self.order, tasks)), reverse=self.descending)


def by_id(task: Task) -> str:
    """Return where a task stands in order of creation."""
    return task["id"]


def by_due(task: Task) -> str | None:
    """Return where a task stands by its due date."""
    return f"{task['due_date']}#{task['id']}" if task["due_date"] else None


def by_priority(task: Task) -> str:
    """Return where a task stands by its priority."""
    return f"{PRIORITY_RANK[task['priority']]}#{task['id']}"


def overdue(task: Task) -> str | None:
    """Return where a task stands by its due date, if that is over."""
    return by_due(task) if (task["due_date"] or "~") < times.now().date().isoformat() else None


def where(order: Order, **fields: Any) -> Order:
    """Return an order of only those tasks that have these fields."""
    return lambda task: order(task) if all(task[name] == value for name, value in fields.items()) else None  # type: ignore[literal-required]


LISTS: Final = [
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
    List(f"tag={TAG}", where(by_id, tag_ids=frozenset({TAG}))),
    List("q=dentist", by_id),
    List("q=no+such+words", by_id),
    List("status=open&q=bicycle", where(by_id, completed=False)),
    List(f"status=open&priority=high&tag={TAG}", where(by_id, tag_ids=frozenset({TAG}))),
]


def costs(recorder: Recorder, user_id: str, one: List, orders: list[str]) -> dict[str, list[str]]:
    """Return what pages cost at the start, in the middle and at the end of a user's list: units and calls, equal ones once."""
    places = {"start": 0, "middle": len(orders) // 2, "end": len(orders) - 50}
    return {
        place: _walk(recorder, user_id, one.query, orders[at - 1] if at > 0 else None) for place, at in places.items()
    }


def _walk(recorder: Recorder, user_id: str, query: str, after: str | None) -> list[str]:
    """Read some pages from a place on; return calls and units of each, equal ones once."""
    wanted = from_values(FIRST_PAGE | read_values(parse_qs(query), {**RULES, **PAGE_RULES}))
    cursor = cursors.sign(f"0:{after}", wanted.scope(user_id)) if after else None
    found: list[str] = []
    for _ in range(PAGES):
        recorder.reset()
        page = list_tasks(user_id, wanted._replace(cursor=cursor))
        found.append(f"{recorder.read:g} in {len(recorder.calls)}")
        cursor = page.next_cursor
        if cursor is None:
            break
    return list(dict.fromkeys(found))
