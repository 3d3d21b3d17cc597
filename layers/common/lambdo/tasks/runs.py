"""Runs of tasks: a range of an index, in its order, read piece by piece within a budget."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from lambdo.table import calls, keys
from lambdo.table.wire import Item, size
from lambdo.tags import store as tags
from lambdo.tags.models import Tag
from lambdo.tasks import store as tasks
from lambdo.tasks.models import Task

SCAN_BUDGET: Final = 10  # RRU a request


class Index(Enum):
    """The ways to read a user's tasks; the value is the DynamoDB index."""

    TABLE = None
    CREATED = "lsi1"
    DUE = "lsi2"
    PRIORITY = "lsi3"
    TAG = "links"  # no index: the links of a tag, in the table itself

    def prefixes(self, completed: bool | None) -> list[str]:
        """Return the prefixes before the order in the keys: one for each status if the index separates them."""
        if self is Index.TABLE:
            return [keys.TASKS]
        if self is Index.TAG:
            return [""]
        return [keys.status(completed=status) for status in ([False, True] if completed is None else [completed])]


class BudgetSpentError(Exception):
    """The next piece would take the request over its budget."""


class ScanBudget:
    """What a request has read so far: RRU, computed from the sizes of items, and the number of entries."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.entries = 0

    def left(self) -> int:
        """Return how many more entries can be read, if they have the average size of those read so far."""
        return int((SCAN_BUDGET - self.spent) / (self.spent / max(1, self.entries)))


class Entry(NamedTuple):
    """A task at its place in the order; None for a link whose task was deleted."""

    order: str
    task: Task | None


@dataclass(slots=True)
class Run:
    """The entries of one range; `after` is the order to continue after, empty at the start.

    A run reads `piece` entries at once. The entries of a `careful` run may all be dropped, so it begins with so few
    that even the largest tasks are within the budget, learns the size from these, and stays within the rest of the
    budget.
    """

    user_id: str
    index: Index
    prefix: str
    between: tuple[str, str]
    descending: bool
    piece: int
    careful: int  # entries of the first piece; 0 for a run that drops none
    budget: ScanBudget
    tag_ids: Sequence[str] = ()
    after: str = ""
    tags: list[Tag] = field(default_factory=list)
    buffer: deque[Entry] = field(default_factory=deque)
    _done: bool = False
    _price: float = 0.0
    _fresh: bool = field(init=False)  # nothing was read before this run

    def __post_init__(self) -> None:
        self._fresh = not self.budget.spent

    def fill(self) -> bool:
        """Put the next entry into the buffer if it is empty; return False at the end.

        Raises
        ------
        BudgetSpentError
            If another piece would exceed the budget; the first pieces of a request never do.
        """
        while not self.buffer and not self._done:
            limit = self._affordable()
            price = self._read_links(limit) if self.index is Index.TAG else self._read_index(limit)
            self._price = price
            self.budget.spent += price
            self.budget.entries += len(self.buffer)
        return bool(self.buffer)

    def is_at_end(self) -> bool:
        """Tell whether the run is known to be at its end, without another read."""
        return self._done and not self.buffer

    def _affordable(self) -> int:
        """Return how many entries to read next; raises BudgetSpentError."""
        if self._fresh and not self._price:
            return self.careful or self.piece
        if self.careful:
            limit = min(self.piece, self.budget.left())
            if limit < (self.careful if self._price else 1):  # not worth another call
                raise BudgetSpentError
            return limit
        if self._price and self.budget.spent + self._price > SCAN_BUDGET:
            raise BudgetSpentError
        return self.piece

    def _read_index(self, limit: int) -> float:
        """Read a piece of an index with one strong read; return the price in RRU."""
        name = f"{self.index.value}sk" if self.index.value else "sk"
        start: Item | None = None
        low, high = self.between
        if self.after and not low <= self.after <= high:
            # The range has moved with the user's time zone since the last page; DynamoDB refuses to start outside it.
            if (self.after < low) == self.descending:
                self._done = True
                return 0
        elif self.after:
            key = {"pk": keys.user(self.user_id), "sk": keys.task(keys.id_of(self.after))}
            start = key | {name: self.prefix + self.after}
        items, last = calls.query(
            keys.user(self.user_id),
            (self.prefix + low, self.prefix + high),
            index=self.index.value,
            limit=limit,
            start=start,
            descending=self.descending,
        )
        self.buffer.extend(Entry(item[name].removeprefix(self.prefix), tasks.from_item(item)) for item in items)
        self._go_on_after(last[name].removeprefix(self.prefix) if last else None)
        return max(1, _units(sum(map(size, items))))

    def _read_links(self, limit: int) -> float:
        """Read a piece of the first tag's links and their tasks, with two eventual reads; return the price in RRU.

        The first piece also reads the tags, to show them. If the first tag was deleted, its links are not shown.
        """
        task_ids, last = tags.query_links(
            self.user_id, self.tag_ids[0], limit=limit, after=self.after or None, descending=self.descending
        )
        self._go_on_after(last)
        if not task_ids:
            return 0.5
        sort_keys = [*map(keys.task, task_ids), *([] if self.tags else map(keys.tag, self.tag_ids))]
        items = calls.get_all(keys.user(self.user_id), sort_keys, strong=False)
        found = {item["sk"]: tasks.from_item(item) for item in items if item["sk"].startswith(keys.TASKS)}
        self.tags.extend(tag for item in items if item["sk"] not in found and (tag := tags.from_item(item)))
        if any(tag["id"] == self.tag_ids[0] for tag in self.tags):
            self.buffer.extend(Entry(task_id, found.get(keys.task(task_id))) for task_id in task_ids)
        else:
            self._done = True
        missing = len(sort_keys) - len(items)  # each of them is charged for, too
        return 0.5 + (sum(_units(size(item)) for item in items) + missing) / 2

    def _go_on_after(self, order: str | None) -> None:
        self._done = order is None
        self.after = order or self.after


def _units(size_in_bytes: int) -> int:
    return -(-size_in_bytes // 4096)
