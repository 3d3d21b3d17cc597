"""POST /api/{user_id}/tasks/bulk - create, change, complete and delete many tasks.

Carries out up to 100 operations in order, each as its own endpoint would: if one is refused, the others are not
affected. With an `Idempotency-Key`, a retry continues where the first request stopped.
"""

from collections.abc import Callable
from typing import Any, Final

from lambdo.base import events
from lambdo.base.entity_tags import read_versions
from lambdo.base.problems import Problem
from lambdo.table.records import Record, rehearse
from lambdo.tasks.bulk import (
    BulkResults,
    ChangeTasks,
    CompleteOperation,
    CreateOperation,
    DeleteOperation,
    Operation,
    UpdateOperation,
)
from lambdo.tasks.models import TaskAnswer
from lambdo.tasks.service import complete_task, create_task, update_task
from lambdo.tasks.trash import delete_task
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json

MAX_BODY: Final = 1024 * 1024  # bytes; the largest operation has about 10 KB


@endpoint(max_body=MAX_BODY, body=ChangeTasks, returns=BulkResults)
def handler(request: Request) -> Response:
    """Return 200 and a result for each operation, in order: `status` with `task` or `problem`.

    Each operation is carried out as its own endpoint would: if one is refused, the others are not affected. With an
    Idempotency-Key each has its own record, so that a retry continues where the first request stopped.
    """
    wanted = parse_json(ChangeTasks, request.json_body())
    if not wanted.dry_run:
        once(request, lambda _: None)  # refuses a key that was used with another body, before any operation
    results = [
        _result(request, number, operation, dry_run=wanted.dry_run)
        for number, operation in enumerate(wanted.operations)
    ]
    succeeded = sum(result["status"] < 400 for result in results)
    if succeeded and not wanted.dry_run:
        events.record("tasks_changed", count=succeeded)
    return Response(200, {"results": results})


def _result(request: Request, number: int, operation: Operation, *, dry_run: bool) -> dict[str, Any]:
    act = _act(request.user_id, operation)
    try:
        task = rehearse(act) if dry_run else once(request, act, part=str(number))
    except Problem as problem:
        current = {"etag": problem.headers["etag"]} if "etag" in problem.headers else {}
        return {"status": problem.status, "problem": problem.details(), **current}
    if isinstance(operation, DeleteOperation):
        return {"status": 204}
    return {"status": 201 if isinstance(operation, CreateOperation) else 200, "task": task}


def _act(user_id: str, operation: Operation) -> Callable[[Record], TaskAnswer | None]:
    match operation:
        case CreateOperation(task=task):
            return lambda record: create_task(user_id, task.model_dump(), record)
        case UpdateOperation(task_id=task_id, changes=changes):
            return lambda record: update_task(
                user_id, task_id, changes.sent(), read_versions(operation.if_match), record
            )
        case CompleteOperation(task_id=task_id, completed=completed):
            return lambda record: complete_task(user_id, task_id, completed, read_versions(operation.if_match), record)
        case DeleteOperation(task_id=task_id):
            return lambda record: delete_task(user_id, task_id, read_versions(operation.if_match), record)
