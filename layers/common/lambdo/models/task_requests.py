"""Bodies of the task endpoints."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from lambdo.models.fields import Description, DueDate, RequestModel, Title


class CreateTask(RequestModel):
    """A new task; only the title is needed."""

    title: Title
    description: Description | None = None
    completed: bool = False
    priority: Literal["low", "medium", "high"] = "medium"
    due_date: DueDate | None = None


class UpdateTask(RequestModel):
    """What to change: a member that is absent stays, null clears (RFC 7396). The defaults are never read."""

    title: Title = Field(default="")
    description: Description | None = None
    completed: bool = False
    priority: Annotated[Literal["low", "medium", "high"] | None, AfterValidator(lambda value: value or "medium")] = None
    due_date: DueDate | None = None


class CompleteTask(RequestModel):
    """The state wanted."""

    completed: bool
