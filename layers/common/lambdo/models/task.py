"""What a task looks like in the table and in answers."""

from typing import Final, Literal, TypedDict

from lambdo.models.tag import TagOfTask

type Priority = Literal["low", "medium", "high"]
PRIORITY_RANK: Final[dict[Priority, int]] = {"low": 1, "medium": 2, "high": 3}


class _Fields(TypedDict):
    """What a task is in both places; times are RFC 3339 UTC, `due_date` may be a plain date."""

    id: str
    user_id: str
    title: str
    description: str | None
    completed: bool
    completed_at: str | None
    priority: Priority
    due_date: str | None
    version: int
    created_at: str
    updated_at: str


class Task(_Fields):
    """A task as it is stored."""

    tag_ids: frozenset[str]


class TrashedTask(Task):
    """A task in the trash: as it was, and until when, in Unix seconds, it is kept."""

    deleted_at: str
    expires_at: int


class TaskAnswer(_Fields):
    """A task as the API shows it: with its tags instead of their ids."""

    tags: list[TagOfTask]


class TrashedTaskAnswer(TaskAnswer):
    """A task in the trash as the API shows it; `expires_at` is RFC 3339 UTC."""

    deleted_at: str
    expires_at: str


class Emptied(TypedDict):
    """What emptying the trash has brought: how many tasks are gone for good, and whether there are more."""

    deleted: int
    more: bool
