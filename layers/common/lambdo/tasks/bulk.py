"""The bodies of the bulk endpoint for tasks: operations, and their results."""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lambdo.base.entity_tags import IF_MATCH, read_versions
from lambdo.base.fields import RequestModel, TaskId
from lambdo.tasks.models import TaskAnswer
from lambdo.tasks.requests import CreateTask, UpdateTask


def _if_match(text: str) -> str:
    try:
        read_versions(text)
    except ValueError as error:
        raise PydanticCustomError("if_match", 'String should be * or at most 20 entity tags like "v3"') from error
    return text


class _Change(RequestModel):
    """An operation on an existing task."""

    task_id: TaskId
    if_match: Annotated[str, AfterValidator(_if_match), Field(json_schema_extra={"pattern": IF_MATCH})] = "*"
    """Works like the header `If-Match`: the operation is refused if the task has another version."""


class CreateOperation(RequestModel):
    """Create a task."""

    op: Literal["create"]
    task: CreateTask


class UpdateOperation(_Change):
    """Change the fields that are sent."""

    op: Literal["update"]
    changes: UpdateTask


class CompleteOperation(_Change):
    """Complete or reopen the task."""

    op: Literal["complete"]
    completed: bool | None = None
    """The new state; if absent, the operation toggles it."""


class DeleteOperation(_Change):
    """Move the task to the trash."""

    op: Literal["delete"]


type Operation = Annotated[
    CreateOperation | UpdateOperation | CompleteOperation | DeleteOperation, Field(discriminator="op")
]


class ChangeTasks(RequestModel):
    """Operations, in the order in which they are carried out."""

    operations: Annotated[list[Operation], Field(min_length=1, max_length=100)]
    dry_run: bool = False
    """Return the results, but change nothing."""


class InvalidField(TypedDict):
    """A field or parameter that breaks a rule. The value that was sent is never included."""

    loc: list[str | int]
    """Its location: `body`, `query`, `path` or `header`, then names and positions."""
    msg: str
    """The rule, for people."""
    type: str
    """The rule, for programs."""


class ProblemInBulk(TypedDict):
    """Problem details (RFC 9457) of one operation."""

    type: str
    """The address of the explanation of the code."""
    title: str
    status: int
    detail: str
    """For people; may change."""
    code: str
    """For programs; stable."""
    errors: NotRequired[list[InvalidField]]
    """The first 20 fields that break a rule; only with status 422."""


class BulkResult(TypedDict):
    """The result of one operation, as its own endpoint would return it."""

    status: int
    task: NotRequired[TaskAnswer]
    problem: NotRequired[ProblemInBulk]
    etag: NotRequired[str]
    """The current entity tag, with status 412."""


class BulkResults(TypedDict):
    """A result for each operation, in their order."""

    results: list[BulkResult]
