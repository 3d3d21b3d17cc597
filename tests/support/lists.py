"""What a list of tasks should be, written down a second time and plainly: over all tasks, in memory, from the API's own answers.

A plain date is due until its end in the user's time zone, a moment at itself; see the parameters in docs/api.md.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tools.in_process.api import Answer, Caller, Json

RANKS = {"low": 1, "medium": 2, "high": 3}


def expected(
    tasks: Iterable[Json], parameters: Mapping[str, Any], *, zone: str = "UTC", now: datetime | None = None
) -> list[Json]:
    """Return the tasks that the list with these parameters (`tag` a list of ids) has, in its order."""
    wanted = dict(parameters)
    by_due = bool({"due_before", "due_after", "overdue"} & wanted.keys())
    found = [
        task for task in tasks if all(_RULES[name](task, value, ZoneInfo(zone), now) for name, value in wanted.items())
    ]
    default = "due_date" if by_due and not wanted.get("tag") else "-created_at"
    return ordered(found, wanted.get("sort", default))


def ordered(tasks: Iterable[Json], sort: str) -> list[Json]:
    """Return tasks in one of the five orders; ids are in order of creation."""
    newest = sorted(tasks, key=lambda task: str(task["id"]), reverse=True)
    match sort:
        case "created_at":
            return newest[::-1]
        case "priority":
            return sorted(newest, key=lambda task: -RANKS[task["priority"]])
        case "due_date" | "-due_date":
            dated = sorted((task for task in newest[::-1] if task["due_date"]), key=lambda task: str(task["due_date"]))
            return (dated if sort == "due_date" else dated[::-1]) + [task for task in newest if not task["due_date"]]
    return newest


@cache
def beginning(day: date, zone: ZoneInfo) -> datetime:
    """Return the first quarter of an hour that is a day's, by looking at the clock of the zone from two days before on."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    while moment.astimezone(zone).date() < day:
        moment += timedelta(minutes=15)
    return moment


def pages(caller: Caller, query: str, *, most: int = 200) -> Iterator[list[Json]]:
    """Yield the pages of a list, following the Link headers."""
    path = "/api/me/tasks"
    for _ in range(most):
        answer = caller.call("GET", path, query=query)
        yield items_of(answer)
        if answer.json["next_cursor"] is None:
            return
        path, query = urlsplit(next_link(answer)).path, urlsplit(next_link(answer)).query
        assert answer.json["next_cursor"] in query
    raise AssertionError(f"the list has not ended after {most} pages")


def items_of(answer: Answer) -> list[Json]:
    """Return the tasks of a page, after a look at its form."""
    assert answer.status == 200, answer.text
    assert answer.json.keys() == {"items", "next_cursor"}
    assert ("link" in answer.headers) == (answer.json["next_cursor"] is not None)
    items: list[Json] = answer.json["items"]
    return items


def next_link(answer: Answer) -> str:
    """Return the target of the Link header."""
    link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers["link"])
    assert link is not None
    return link[1]


def _due(task: Json, zone: ZoneInfo) -> tuple[date | None, datetime | None]:
    """Return a due day, or a due moment."""
    text = task["due_date"]
    if text and len(text) == 10:
        return date.fromisoformat(text), None
    return None, datetime.fromisoformat(text) if text else None


def _before(task: Json, limit: str, zone: ZoneInfo, now: datetime | None) -> bool:
    day, moment = _due(task, zone)
    if len(limit) == 10:
        first = date.fromisoformat(limit)
        return day < first if day else moment is not None and moment < beginning(first, zone)
    end = datetime.fromisoformat(limit)
    return beginning(day + timedelta(days=1), zone) <= end if day else moment is not None and moment < end


def _after(task: Json, limit: str, zone: ZoneInfo, now: datetime | None) -> bool:
    day, moment = _due(task, zone)
    if len(limit) == 10:
        last = date.fromisoformat(limit)
        return day > last if day else moment is not None and moment >= beginning(last + timedelta(days=1), zone)
    end = datetime.fromisoformat(limit)
    return beginning(day + timedelta(days=1), zone) > end if day else moment is not None and moment > end


def _overdue(task: Json, value: str, zone: ZoneInfo, now: datetime | None) -> bool:
    assert now is not None
    return not task["completed"] and _before(task, now.isoformat(), zone, now)


def _tags(task: Json, wanted: Sequence[str], zone: ZoneInfo, now: datetime | None) -> bool:
    return {tag["id"] for tag in task["tags"]} >= set(wanted)


def _text(task: Json, wanted: str, zone: ZoneInfo, now: datetime | None) -> bool:
    return any(_plain(wanted) in _plain(text or "") for text in (task["title"], task["description"]))


def _plain(text: str) -> str:
    """Return Latin text in capitals without accents; test_list_text.py has what is harder."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text.upper()) if letter.isascii())


_RULES = {
    "status": lambda task, value, *_: task["completed"] == (value == "done"),
    "priority": lambda task, value, *_: task["priority"] == value,
    "tag": _tags,
    "due_before": _before,
    "due_after": _after,
    "overdue": _overdue,
    "q": _text,
    "sort": lambda *_: True,
}
