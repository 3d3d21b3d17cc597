"""Query parameters of the list of tasks."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from lambdo.base import ids, times
from lambdo.base.rules import Rule, one_of
from lambdo.tags.models import MAX_TAGS_OF_A_TASK
from lambdo.tasks.models import PRIORITY_RANK, Priority

REPEATABLE: Final = frozenset({"tag"})
_SORTS: Final = ("-created_at", "created_at", "due_date", "-due_date", "priority")


class TaskQuery(NamedTuple):
    """The filters, order, page size and start of a list of tasks; None means no condition."""

    completed: bool | None
    priority: Priority | None
    tag_ids: tuple[str, ...]
    due_before: str | None
    due_after: str | None
    overdue: bool
    text: str | None
    sort: str
    limit: int
    cursor: str | None

    def scope(self, user_id: str) -> list[str]:
        """Return what a cursor of this list is bound to: user, filters and order, but not the page size."""
        return [user_id, "tasks", *(repr(part) for part in self._replace(limit=0, cursor=None))]


def from_values(values: Mapping[str, Any]) -> TaskQuery:
    """Return the query for parameters that were read by their rules; `limit` and `cursor` are always among them.

    Without `sort`, a list that is filtered by due date but not by tag is in order of due dates, because one index then
    has exactly these tasks.
    """
    by_due_date = any(values.get(name) for name in ("due_before", "due_after", "overdue")) and "tag" not in values
    return TaskQuery(
        completed=values.get("status"),
        priority=values.get("priority"),
        tag_ids=values.get("tag", ()),
        due_before=values.get("due_before"),
        due_after=values.get("due_after"),
        overdue=values.get("overdue", False),
        text=values.get("q"),
        sort=values.get("sort", "due_date" if by_due_date else "-created_at"),
        limit=values["limit"],
        cursor=values["cursor"],
    )


def fold(text: str) -> str:
    """Return the text case-folded and without accents: decomposed, without combining marks (Unicode category Mn)."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")


def _tag_ids(texts: Sequence[str]) -> tuple[str, ...]:
    if len(texts) > MAX_TAGS_OF_A_TASK or not all(map(ids.is_id, texts)):
        raise ValueError
    return tuple(dict.fromkeys(texts))


def _due_date(texts: Sequence[str]) -> str:
    return times.normalize_due_date(texts[0])


def _text(texts: Sequence[str]) -> str:
    if not 1 <= len(texts[0]) <= 100 or not fold(texts[0]):
        raise ValueError
    return texts[0]


_DUE_RULE: Final = (
    "Should be a date (2026-11-21) or a date-time with an offset (2026-11-21T09:00:00%2B01:00; a bare + means a space)"
)
_DUE_SCHEMA: Final = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
RULES: Final[dict[str, Rule]] = {
    "status": one_of("Should be open or done", {"open": False, "done": True}),
    "priority": one_of("Should be low, medium or high", {name: name for name in PRIORITY_RANK}),
    "tag": (
        _tag_ids,
        f"Should be the id of a tag; at most {MAX_TAGS_OF_A_TASK} ids",
        {
            "type": "array",
            "items": {"type": "string", "format": "uuid", "pattern": f"^{ids.CANONICAL.pattern}$"},
            "maxItems": MAX_TAGS_OF_A_TASK,
        },
    ),
    "due_before": (_due_date, _DUE_RULE, _DUE_SCHEMA),
    "due_after": (_due_date, _DUE_RULE, _DUE_SCHEMA),
    "overdue": one_of("Should be true or absent", {"true": True}),
    "q": (
        _text,
        "Should have 1 to 100 characters, and more than accents",
        {"type": "string", "minLength": 1, "maxLength": 100},
    ),
    "sort": one_of(f"Should be one of {', '.join(_SORTS)}", {name: name for name in _SORTS}),
}
