"""The trash: the rules of deleting tasks, and of having them back."""

from datetime import timedelta
from typing import Final

from lambdo import events, times
from lambdo.models.task import Task, TrashedTask
from lambdo.preconditions import Versions, checked
from lambdo.problems import ServiceUnavailable, TaskNotFound
from lambdo.store import tasks, trash
from lambdo.store.idempotency import recorded
from lambdo.store.table import ConditionFailedError

_KEPT: Final = timedelta(days=30)
_ATTEMPTS: Final = 4  # the first and three more after another writer was faster


def delete_task(user_id: str, task_id: str, versions: Versions) -> None:
    """Move a task into the trash, its links go. Two calls.

    Raises
    ------
    TaskNotFound, PreconditionFailed
        If there is no such task, or it is of another version.
    ServiceUnavailable
        If other writers were faster every time.
    """
    task = tasks.get(user_id, task_id)
    for _ in range(_ATTEMPTS):
        task = checked(task, versions, TaskNotFound)
        try:
            with recorded(user_id, None):
                trash.put(_trashed(task))
        except ConditionFailedError as error:
            task = tasks.from_failure(error)
        else:
            events.record("task_deleted")
            return
    raise ServiceUnavailable


def _trashed(task: Task) -> TrashedTask:
    """Return the task as it goes into the trash now."""
    now = times.now()
    return {**task, "deleted_at": times.rfc3339(now), "expires_at": int((now + _KEPT).timestamp())}
