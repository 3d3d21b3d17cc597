"""Bodies of the task endpoints."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lambdo.models.fields import Description, DueDate, RequestModel, Title, item_id
from lambdo.models.tag import MAX_TAGS_OF_A_TASK


def _at_most_20(tag_ids: frozenset[str]) -> frozenset[str]:
    if len(tag_ids) > MAX_TAGS_OF_A_TASK:
        raise PydanticCustomError("too_many_tags", "A task should have at most 20 tags")
    return tag_ids


# Not strict, because JSON has no sets; its elements are.
type TagIds = Annotated[frozenset[Annotated[str, item_id("tag")]], Field(strict=False), AfterValidator(_at_most_20)]


class CreateTask(RequestModel):
    """A new task; only the title is needed."""

    title: Title
    description: Description | None = None
    completed: bool = False
    priority: Literal["low", "medium", "high"] = "medium"
    due_date: DueDate | None = None
    tag_ids: TagIds = frozenset()


class UpdateTask(RequestModel):
    """What to change: a member that is absent stays, null clears (RFC 7396). The defaults are never read."""

    title: Title = Field(default="")
    description: Description | None = None
    completed: bool = False
    priority: Annotated[Literal["low", "medium", "high"] | None, AfterValidator(lambda value: value or "medium")] = None
    due_date: DueDate | None = None
    tag_ids: Annotated[TagIds | None, AfterValidator(lambda value: value or frozenset())] = None


class CompleteTask(RequestModel):
    """The state wanted."""

    completed: bool
