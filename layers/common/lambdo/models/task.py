"""What a task looks like in answers and in the table."""

from typing import Final, Literal, TypedDict

type Priority = Literal["low", "medium", "high"]
PRIORITY_RANK: Final[dict[Priority, int]] = {"low": 1, "medium": 2, "high": 3}


class Task(TypedDict):
    """A task as the API shows it; times are RFC 3339 UTC, `due_date` may be a plain date."""

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
