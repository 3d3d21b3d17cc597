"""Bodies of the task endpoints."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lambdo.ids import is_id
from lambdo.models.fields import Description, DueDate, RequestModel, Title
from lambdo.models.tag import MAX_TAGS_OF_A_TASK


def _ids(values: list[str]) -> frozenset[str]:
    if len(values) > MAX_TAGS_OF_A_TASK:
        raise PydanticCustomError("too_many_tags", f"A task should have at most {MAX_TAGS_OF_A_TASK} tags")
    if not all(map(is_id, values)):
        raise PydanticCustomError("tag_id", "Every element should be the id of a tag")
    return frozenset(values)


type TagIds = Annotated[list[str], AfterValidator(_ids)]


class CreateTask(RequestModel):
    """A new task; only the title is needed."""

    title: Title
    description: Description | None = None
    completed: bool = False
    priority: Literal["low", "medium", "high"] = "medium"
    due_date: DueDate | None = None
    tag_ids: TagIds = Field(default=[], validate_default=True)


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
