"""The shape of a task in the table and in responses."""

from typing import Final, Literal, TypedDict

from lambdo.base.ids import Id
from lambdo.base.times import Time
from lambdo.tags.models import TagOfTask

type Priority = Literal["low", "medium", "high"]
PRIORITY_RANK: Final[dict[Priority, int]] = {"low": 1, "medium": 2, "high": 3}


class _Fields(TypedDict):
    """The fields of a task in both places."""

    id: Id
    user_id: Id
    title: str
    description: str | None
    completed: bool
    completed_at: Time | None
    """When it was completed; null while it is open."""
    priority: Priority
    due_date: str | None
    """A date (`2026-12-01`), due until the end of that day in the user's time zone, or a point in time in UTC."""
    version: int
    """Counts the changes; the entity tag is derived from it."""
    created_at: Time
    updated_at: Time


class Task(_Fields):
    """A task as it is stored."""

    tag_ids: frozenset[str]


class TrashedTask(Task):
    """A task in the trash; `expires_at`, in Unix seconds, is when it is deleted permanently."""

    deleted_at: str
    expires_at: int


class TaskAnswer(_Fields):
    """A task as the API shows it."""

    tags: list[TagOfTask]
    """Oldest first."""


class TrashedTaskAnswer(TaskAnswer):
    """A task in the trash as the API shows it."""

    deleted_at: Time
    expires_at: Time
    """The task can be restored until then."""


class Emptied(TypedDict):
    """The result of emptying the trash."""

    deleted: int
    """How many tasks were permanently deleted."""
    more: bool
    """Whether more tasks remain; if so, send the request again."""


class TaskPage(TypedDict):
    """A page of tasks."""

    items: list[TaskAnswer]
    """Can be fewer than `limit`, or even none, while there are more pages."""
    next_cursor: str | None
    """For the next page; null on the last page."""


class TrashPage(TypedDict):
    """A page of deleted tasks, last deleted first."""

    items: list[TrashedTaskAnswer]
    next_cursor: str | None
    """For the next page; null on the last page."""
