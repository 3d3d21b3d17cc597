"""What a task looks like in the table and in answers."""

from typing import Final, Literal, TypedDict

from lambdo.base.ids import Id
from lambdo.base.times import Time
from lambdo.tags.models import TagOfTask

type Priority = Literal["low", "medium", "high"]
PRIORITY_RANK: Final[dict[Priority, int]] = {"low": 1, "medium": 2, "high": 3}


class _Fields(TypedDict):
    """What a task is in both places."""

    id: Id
    user_id: Id
    title: str
    description: str | None
    completed: bool
    completed_at: Time | None
    """When it was completed; null while it is open."""
    priority: Priority
    due_date: str | None
    """A date (`2026-12-01`), due until its end in the user's time zone, or a point in time in UTC."""
    version: int
    """Counts the changes; the entity tag is made of it."""
    created_at: Time
    updated_at: Time


class Task(_Fields):
    """A task as it is stored."""

    tag_ids: frozenset[str]


class TrashedTask(Task):
    """A task in the trash: as it was, and until when, in Unix seconds, it is kept."""

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
    """Until when it can be restored."""


class Emptied(TypedDict):
    """What emptying the trash has brought."""

    deleted: int
    """How many tasks are gone for good."""
    more: bool
    """Whether there are more, for which to send another request."""
