"""POST /api/{user_id}/tasks/bulk - create, change, complete and delete many tasks."""

from collections.abc import Callable
from typing import Any, Final

from lambdo import events
from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.bulk_requests import (
    ChangeTasks,
    CompleteOperation,
    CreateOperation,
    DeleteOperation,
    Operation,
    UpdateOperation,
)
from lambdo.models.task import TaskAnswer
from lambdo.preconditions import versions_of
from lambdo.problems import Problem
from lambdo.services.tasks import complete_task, create_task, update_task
from lambdo.services.trash import delete_task
from lambdo.store.idempotency import rehearse
from lambdo.validation import parse_json

MAX_BODY: Final = 1024 * 1024  # bytes; the largest operation has some 10 KB


@endpoint(max_body=MAX_BODY)
def handler(request: Request) -> Response:
    """Return 200 and a result for each operation, in order: `status` with `task` or `problem`.

    Each operation is carried out as its own endpoint would: if one is refused, the others are not affected. With an
    Idempotency-Key each has its own record, so that a retry continues where the first request stopped.
    """
    wanted = parse_json(ChangeTasks, request.json_body())
    if not wanted.dry_run:
        once(request, lambda: None)  # refuses the key of another body before anything is done
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


def _act(user_id: str, operation: Operation) -> Callable[[], TaskAnswer | None]:
    match operation:
        case CreateOperation(task=task):
            return lambda: create_task(user_id, **task.model_dump())
        case UpdateOperation(task_id=task_id, changes=changes):
            return lambda: update_task(user_id, task_id, changes.sent(), versions_of(operation.if_match))
        case CompleteOperation(task_id=task_id, completed=completed):
            return lambda: complete_task(user_id, task_id, completed, versions_of(operation.if_match))
        case DeleteOperation(task_id=task_id):
            return lambda: delete_task(user_id, task_id, versions_of(operation.if_match))
