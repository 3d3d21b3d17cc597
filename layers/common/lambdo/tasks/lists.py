"""Lists of tasks: which index serves which filters and order, and where a page ends.

If an index applies all filters, a list reads exactly its page. Otherwise it reads the index of its order, drops tasks
that do not match, and stops when the page is full or the budget is spent (`runs.SCAN_BUDGET`): a page may then be
short, with a cursor.
"""

from datetime import UTC, tzinfo
from typing import Final, NamedTuple

from lambdo.base import times
from lambdo.base.problems import UserNotFound
from lambdo.table import keys
from lambdo.tags.models import Tag
from lambdo.tasks import cursors
from lambdo.tasks.due_range import DueRange
from lambdo.tasks.models import PRIORITY_RANK, Task
from lambdo.tasks.query import TaskQuery, fold
from lambdo.tasks.runs import BudgetSpentError, Index, Run, ScanBudget
from lambdo.users import store as users

_PIECE: Final = 20  # entries read at once where some will be dropped
_FIRST_PIECE: Final = 6  # the first of them: so few that the budget covers them at the largest size, about 6 KB


class Page(NamedTuple):
    """Tasks in order, the tags that were read along with them, and the cursor of the next page (None at the end)."""

    tasks: list[Task]
    tags: list[Tag]
    next_cursor: str | None


class _Wanted(NamedTuple):
    """The user and the query, with the due dates resolved in the user's time zone and the text folded."""

    user_id: str
    query: TaskQuery
    due: DueRange | None
    text: str | None


class _Stage(NamedTuple):
    """A part of a list: a range of an index, in one direction."""

    source: Index
    between: tuple[str, str] = ("", "~")
    descending: bool = True
    answers: frozenset[str] = frozenset()  # the filters that the index applies
    undated: bool = False  # only tasks without a due date


def list_tasks(user_id: str, query: TaskQuery) -> Page:
    """Return a page of the user's tasks.

    Raises
    ------
    InvalidCursor
        If the cursor belongs to another list.
    """
    scope = query.scope(user_id)
    number, after = 0, ""
    if query.cursor is not None:
        first, _, after = cursors.read(query.cursor, scope).partition(":")
        number = int(first)
    due = _due_range(user_id, query)
    if (query.overdue and query.completed) or (due is not None and due.is_empty()):
        return Page([], [], None)
    if query.overdue:
        query = query._replace(completed=False)
    text = None if query.text is None else fold(query.text)
    wanted, page, budget = _Wanted(user_id, query, due, text), Page([], [], None), ScanBudget()
    for stage in _stages(query, due)[number:]:
        position = _read(wanted, stage, after, budget, page)
        if position is not None:
            return page._replace(next_cursor=cursors.sign(f"{number}:{position}", scope))
        number, after = number + 1, ""
    return page


def _stages(query: TaskQuery, due: DueRange | None) -> list[_Stage]:
    """Choose the index of the order or, for the order of creation, the index that applies the most filters."""
    descending = query.sort in {"-created_at", "-due_date", "priority"}
    rank = keys.of_priority(PRIORITY_RANK[query.priority]) if query.priority else ("", "~")
    by_status = Index.TABLE if query.completed is None else Index.CREATED
    if query.sort.endswith("due_date"):
        if due:
            return [_Stage(Index.DUE, due.keys(), descending, frozenset({"status", "due"}))]
        undated = _Stage(by_status, answers=frozenset({"status"}), undated=True)
        return [_Stage(Index.DUE, descending=descending, answers=frozenset({"status"})), undated]
    if query.tag_ids and query.sort != "priority":
        return [_Stage(Index.TAG, descending=descending, answers=frozenset({"tag"} if len(query.tag_ids) == 1 else ()))]
    if query.priority or query.sort == "priority":
        return [_Stage(Index.PRIORITY, rank, descending, frozenset({"status", "priority"}))]
    return [_Stage(by_status, descending=descending, answers=frozenset({"status"}))]


def _read(wanted: _Wanted, stage: _Stage, after: str, budget: ScanBudget, page: Page) -> str | None:
    """Read a stage into the page; return the position to continue after, or None at the end of the stage."""
    user_id, query, due, _ = wanted
    filters = {
        "status": query.completed is not None,
        "priority": query.priority is not None,
        "tag": bool(query.tag_ids),
        "due": due is not None,
        "text": query.text is not None,
        "undated": stage.undated,
    }
    exact = all(name in stage.answers for name, given in filters.items() if given)
    piece = query.limit if exact else _PIECE
    prefixes = stage.source.prefixes(query.completed)
    careful = 0 if exact else _FIRST_PIECE // len(prefixes)
    runs = [
        Run(
            user_id, stage.source, prefix, stage.between, stage.descending, piece, careful, budget, query.tag_ids, after
        )
        for prefix in prefixes
    ]
    choose = max if stage.descending else min
    position = after
    try:
        while len(page.tasks) < query.limit and (live := [run for run in runs if run.fill()]):
            entry = choose(live, key=lambda run: run.buffer[0].order).buffer.popleft()
            if entry.order == position:
                continue  # its status changed between the reads of two runs, so both have it
            position = entry.order
            if entry.task is not None and _matches(entry.task, wanted, stage):
                page.tasks.append(entry.task)
    except BudgetSpentError:
        return position
    finally:
        page.tags.extend(tag for run in runs for tag in run.tags)
    return None if all(run.is_at_end() for run in runs) else position


def _matches(task: Task, wanted: _Wanted, stage: _Stage) -> bool:
    _, query, due, text = wanted
    return (
        query.completed in {None, task["completed"]}
        and query.priority in {None, task["priority"]}
        and task["tag_ids"].issuperset(query.tag_ids)
        and (due is None or task["due_date"] in due)
        and not (stage.undated and task["due_date"])
        and (text is None or text in fold(task["title"]) or text in fold(task["description"] or ""))
    )


def _due_range(user_id: str, query: TaskQuery) -> DueRange | None:
    """Return the range of due dates in the user's time zone, or None for all; reads the profile only if necessary."""
    if query.due_before is None and query.due_after is None and not query.overdue:
        return None
    zone = _time_zone(user_id)
    due = DueRange()
    if query.due_before is not None:
        due = due.before(query.due_before, zone)
    if query.due_after is not None:
        due = due.after(query.due_after, zone)
    if query.overdue:
        due = due.before(times.rfc3339(times.now()), zone)
    return due


def _time_zone(user_id: str) -> tzinfo:
    user = users.get(user_id)
    if user is None:
        raise UserNotFound
    if user["time_zone"] == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - few lists need it, so the cold start does without it

    return ZoneInfo(user["time_zone"])
