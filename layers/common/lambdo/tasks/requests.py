"""Request bodies of the task endpoints."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lambdo.base.fields import Description, DueDate, PatchModel, RequestModel, TagId, Title
from lambdo.tags.models import MAX_TAGS_OF_A_TASK


def _at_most_20(tag_ids: frozenset[str]) -> frozenset[str]:
    if len(tag_ids) > MAX_TAGS_OF_A_TASK:
        raise PydanticCustomError("too_many_tags", "A task should have at most 20 tags")
    return tag_ids


# Not strict, because JSON has no sets; the elements are strict. Repeated ids count once.
type TagIds = Annotated[
    frozenset[TagId],
    Field(strict=False, json_schema_extra={"maxItems": MAX_TAGS_OF_A_TASK, "uniqueItems": False}),
    AfterValidator(_at_most_20),
]


class CreateTask(RequestModel):
    """A new task; only the title is required."""

    title: Title
    description: Description | None = None
    completed: bool = False
    priority: Literal["low", "medium", "high"] = "medium"
    due_date: DueDate | None = None
    """A date, due until the end of that day in the user's time zone, or a point in time."""
    tag_ids: TagIds = frozenset()
    """The ids of at most 20 existing tags."""


class UpdateTask(PatchModel):
    """The fields to change: an absent field keeps its value, null clears it (RFC 7396)."""

    title: Title = Field(default="")
    description: Description | None = None
    completed: bool = False
    priority: Annotated[Literal["low", "medium", "high"] | None, AfterValidator(lambda value: value or "medium")] = None
    """Null sets it to medium."""
    due_date: DueDate | None = None
    """A date, due until the end of that day in the user's time zone, or a point in time."""
    tag_ids: Annotated[TagIds | None, AfterValidator(lambda value: value or frozenset())] = None
    """The ids of all tags of the task, at most 20; null or an empty list removes all tags."""


class CompleteTask(RequestModel):
    """The new state."""

    completed: bool
