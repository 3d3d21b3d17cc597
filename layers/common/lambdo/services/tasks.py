"""Tasks: the rules of changing them. Reads without a rule go to the store directly."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from lambdo import ids, times
from lambdo.models.task import Priority, Task
from lambdo.problems import PreconditionFailed, ServiceUnavailable, TagNotFound, TaskNotFound
from lambdo.store import tasks
from lambdo.store.table import ConditionFailedError

_ATTEMPTS: Final = 4  # the first and three more after another writer was faster
# Changing one of these moves index keys or links, which depend on the others: read first, then write on condition (decision 0008).
_INDEXED: Final = frozenset({"completed", "priority", "due_date", "tag_ids"})


def create_task(
    user_id: str,
    *,
    title: str,
    description: str | None,
    completed: bool,
    priority: Priority,
    due_date: str | None,
    tag_ids: frozenset[str],
) -> Task:
    """Create a task, with its links to tags, and return it. One call; raises TagNotFound."""
    now = times.rfc3339(times.now())
    task: Task = {
        "id": ids.new_id(),
        "user_id": user_id,
        "title": title,
        "description": description,
        "completed": completed,
        "completed_at": now if completed else None,
        "priority": priority,
        "due_date": due_date,
        "tag_ids": tag_ids,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    try:
        tasks.put(task)
    except tasks.TagMissingError as error:
        raise TagNotFound from error
    return task


def update_task(user_id: str, task_id: str, changes: dict[str, Any], versions: Sequence[int] | None) -> Task:
    """Change some fields of a task and return it; None clears a field.

    Parameters
    ----------
    changes
        Validated fields by name; what is absent stays as it is.
    versions
        The versions that If-Match allows; None allows any.

    Raises
    ------
    TaskNotFound, PreconditionFailed
        If there is no such task, or it is of another version.
    TagNotFound
        If a tag to be added is gone.
    """
    if not changes or not _INDEXED.isdisjoint(changes):
        return rewrite_task(user_id, task_id, versions, lambda _: changes)
    for _ in range(_ATTEMPTS):
        now = times.rfc3339(times.now())
        try:
            return tasks.update(user_id, task_id, {**changes, "updated_at": now}, versions=versions)
        except ConditionFailedError as error:
            task = tasks.from_failure(error)
            # A task that meets the caller's conditions was changed in this very microsecond: try in the next.
            if task is None or task["updated_at"] != now or not _allows(versions, task):
                raise _refusal(error) from error
    raise ServiceUnavailable


def complete_task(user_id: str, task_id: str, completed: bool | None, versions: Sequence[int] | None) -> Task:
    """Set whether a task is completed, or toggle it (None), and return it; raises like `update_task`."""

    def change(task: Task) -> dict[str, Any]:
        return {"completed": not task["completed"] if completed is None else completed}

    return rewrite_task(user_id, task_id, versions, change)


def delete_task(user_id: str, task_id: str, versions: Sequence[int] | None) -> None:
    """Delete a task with its links; raises like `update_task`. One call, two if it has tags."""
    try:
        tasks.delete(user_id, task_id, versions=versions)
    except ConditionFailedError as error:
        task = tasks.from_failure(error)
    else:
        return
    for _ in range(_ATTEMPTS):
        task = _checked(task, versions)
        try:
            tasks.delete_linked(task)
        except ConditionFailedError as error:
            task = tasks.from_failure(error)
        else:
            return
    raise ServiceUnavailable


def rewrite_task(
    user_id: str, task_id: str, versions: Sequence[int] | None, change: Callable[[Task], dict[str, Any]]
) -> Task:
    """Apply a change to the task as it stands, again if another writer was faster; no change writes nothing.

    Raises
    ------
    ServiceUnavailable
        If other writers were faster every time.
    """
    task = tasks.get(user_id, task_id)
    for _ in range(_ATTEMPTS):
        task = _checked(task, versions)
        new = _changed(task, change(task))
        if new == task:
            return task
        try:
            return tasks.rewrite(task, new)
        except tasks.TagMissingError as error:
            raise TagNotFound from error
        except ConditionFailedError as error:
            task = tasks.from_failure(error)
    raise ServiceUnavailable


def _changed(task: Task, changes: dict[str, Any]) -> Task:
    """Return the task with the changes, its time stamps moved if anything is different."""
    new: Task = {**task, **changes}  # type: ignore[typeddict-item]  # the request model has checked names and types
    if new == task:
        return task
    now = times.rfc3339(times.now())
    if new["completed"] != task["completed"]:
        new["completed_at"] = now if new["completed"] else None
    new["updated_at"] = now
    return new


def _allows(versions: Sequence[int] | None, task: Task) -> bool:
    return versions is None or task["version"] in versions


def _checked(task: Task | None, versions: Sequence[int] | None) -> Task:
    """Return the task if it may be changed."""
    if task is None:
        raise TaskNotFound
    if not _allows(versions, task):
        raise PreconditionFailed(current_version=task["version"])
    return task


def _refusal(error: ConditionFailedError) -> TaskNotFound | PreconditionFailed:
    """Return why a write without a read before it was refused."""
    task = tasks.from_failure(error)
    return PreconditionFailed(current_version=task["version"]) if task else TaskNotFound()
