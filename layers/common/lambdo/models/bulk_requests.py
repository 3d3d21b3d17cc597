"""Body of the endpoint that carries out many operations on tasks."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lambdo.models.fields import RequestModel, item_id
from lambdo.models.task_requests import CreateTask, UpdateTask
from lambdo.preconditions import versions_of


def _if_match(text: str) -> str:
    try:
        versions_of(text)
    except ValueError as error:
        raise PydanticCustomError("if_match", 'String should be * or at most 20 entity tags like "v3"') from error
    return text


class _Change(RequestModel):
    """An operation on a task that exists; `if_match` is to it what the header If-Match is to a request."""

    task_id: Annotated[str, item_id("task")]
    if_match: Annotated[str, AfterValidator(_if_match)] = "*"


class Create(RequestModel):
    """A new task."""

    op: Literal["create"]
    task: CreateTask


class Update(_Change):
    """Change the fields that are sent."""

    op: Literal["update"]
    changes: UpdateTask


class Complete(_Change):
    """Set whether it is completed; toggle it where nothing is said."""

    op: Literal["complete"]
    completed: bool | None = None


class Delete(_Change):
    """Move it into the trash."""

    op: Literal["delete"]


type Operation = Annotated[Create | Update | Complete | Delete, Field(discriminator="op")]


class ChangeTasks(RequestModel):
    """Operations in the order in which to carry them out."""

    operations: Annotated[list[Operation], Field(min_length=1, max_length=100)]
    dry_run: bool = False
