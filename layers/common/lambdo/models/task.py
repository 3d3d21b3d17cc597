"""What a task looks like in the table and in answers."""

from typing import Final, Literal, TypedDict

from lambdo.models.tag import TagOfTask

type Priority = Literal["low", "medium", "high"]
PRIORITY_RANK: Final[dict[Priority, int]] = {"low": 1, "medium": 2, "high": 3}


class Task(TypedDict):
    """A task as it is stored; times are RFC 3339 UTC, `due_date` may be a plain date."""

    id: str
    user_id: str
    title: str
    description: str | None
    completed: bool
    completed_at: str | None
    priority: Priority
    due_date: str | None
    tag_ids: frozenset[str]
    version: int
    created_at: str
    updated_at: str


class TaskAnswer(TypedDict):
    """A task as the API shows it: as it is stored, but with its tags instead of their ids."""

    id: str
    user_id: str
    title: str
    description: str | None
    completed: bool
    completed_at: str | None
    priority: Priority
    due_date: str | None
    tags: list[TagOfTask]
    version: int
    created_at: str
    updated_at: str
