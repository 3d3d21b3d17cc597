"""Tasks: the rules of changing them. Tags are looked up before a write, so that what was written is always answered.

Deleting them is in `trash.py`.
"""

from collections.abc import Callable, Collection
from typing import Any, Final

from lambdo.base import events, ids, times
from lambdo.base.problems import InvalidFields, ServiceUnavailable, TagNotFound, TaskNotFound
from lambdo.table.calls import ConditionFailedError
from lambdo.table.records import needs_results, recorded
from lambdo.tags.models import MAX_TAGS_OF_A_TASK, Tag
from lambdo.tasks import store as tasks
from lambdo.tasks.models import Priority, Task, TaskAnswer
from lambdo.tasks.tagging import read_tags, show_task
from lambdo.web.preconditions import Versions, checked

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
) -> TaskAnswer:
    """Create a task, with its links to tags, and return it. One call, two with tags; raises TagNotFound."""
    its_tags = _required(read_tags(user_id, tag_ids), tag_ids)
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
    answer = show_task(task, its_tags)
    try:
        with recorded(user_id, answer):
            tasks.put(task)
    except tasks.TagMissingError as error:
        raise TagNotFound from error
    events.record("task_created")
    return answer


def update_task(user_id: str, task_id: str, changes: dict[str, Any], versions: Versions) -> TaskAnswer:
    """Change some fields of a task and return it; None clears a field.

    Parameters
    ----------
    changes
        Validated fields by name; what is absent stays as it is.

    Raises
    ------
    TaskNotFound, PreconditionFailed
        If there is no such task, or it is of another version.
    TagNotFound
        If a tag that was sent is gone.
    """
    if not changes or needs_results() or not _INDEXED.isdisjoint(changes):
        return _rewrite(user_id, task_id, versions, lambda _: changes, changes.get("tag_ids", ()))
    for _ in range(_ATTEMPTS):
        now = times.rfc3339(times.now())
        try:
            task = tasks.update(user_id, task_id, {**changes, "updated_at": now}, versions=versions)
        except ConditionFailedError as error:
            checked(tasks.from_failure(error), versions, TaskNotFound)  # or it was changed in this very microsecond
        else:
            return show_task(task, read_tags(user_id, task["tag_ids"]))
    raise ServiceUnavailable


def complete_task(user_id: str, task_id: str, completed: bool | None, versions: Versions) -> TaskAnswer:
    """Set whether a task is completed, or toggle it (None), and return it; raises like `update_task`."""

    def change(task: Task) -> dict[str, Any]:
        return {"completed": not task["completed"] if completed is None else completed}

    return _rewrite(user_id, task_id, versions, change, repeatable=completed is not None)


def link_tag(user_id: str, task_id: str, tag_id: str, versions: Versions) -> TaskAnswer:
    """Put a tag on a task and return it; one that has it already stays as it is. Raises like `update_task`."""
    return _rewrite(user_id, task_id, versions, lambda task: {"tag_ids": task["tag_ids"] | {tag_id}}, {tag_id})


def unlink_tag(user_id: str, task_id: str, tag_id: str, versions: Versions) -> None:
    """Take a tag off a task; one that does not have it stays as it is. Raises like `update_task`."""
    _rewrite(user_id, task_id, versions, lambda task: {"tag_ids": task["tag_ids"] - {tag_id}})


def _rewrite(
    user_id: str,
    task_id: str,
    versions: Versions,
    change: Callable[[Task], dict[str, Any]],
    required_tags: Collection[str] = (),
    *,
    repeatable: bool = True,
) -> TaskAnswer:
    """Apply a change to the task as it stands, again if another writer was faster; no change writes nothing.

    Parameters
    ----------
    repeatable
        Twice is the same as once. What is not, as a toggle, is not applied again where it may have been applied already.

    Raises
    ------
    ServiceUnavailable
        If other writers were faster every time.
    """
    task = tasks.get(user_id, task_id)
    for _ in range(_ATTEMPTS):
        task = checked(task, versions, TaskNotFound)
        changes = change(task)
        its_tags = _required(read_tags(user_id, changes.get("tag_ids", task["tag_ids"])), required_tags)
        if "tag_ids" in changes:  # one that is being deleted goes with this change, instead of counting as one of 20
            changes = changes | {"tag_ids": frozenset(tag["id"] for tag in its_tags)}
        new = _changed(task, changes)
        if new == task:
            return show_task(task, its_tags)
        answer = show_task(new, its_tags)
        try:
            with recorded(user_id, answer):
                tasks.rewrite(task, new)
        except tasks.TagMissingError as error:
            raise TagNotFound from error
        except ConditionFailedError as error:
            if error.was_sent_before and not repeatable:
                raise ServiceUnavailable from error
            task = tasks.from_failure(error)
        else:
            if new["completed"] and not task["completed"]:
                events.record("task_completed")
            return answer
    raise ServiceUnavailable


def _required(its_tags: list[Tag], required: Collection[str]) -> list[Tag]:
    """Return a task's tags if the required ones are among them and they are not too many."""
    if not {tag["id"] for tag in its_tags}.issuperset(required):
        raise TagNotFound
    if len(its_tags) > MAX_TAGS_OF_A_TASK:
        msg = f"A task should have at most {MAX_TAGS_OF_A_TASK} tags"
        raise InvalidFields(errors=[{"loc": ["path", "tag_id"], "msg": msg, "type": "too_many_tags"}])
    return its_tags


def _changed(task: Task, changes: dict[str, Any]) -> Task:
    """Return the task with the changes and, if anything is different, of the next version and with its time stamps moved."""
    new: Task = {**task, **changes}  # type: ignore[typeddict-item]  # the request model has checked names and types
    if new == task:
        return task
    now = times.rfc3339(times.now())
    if new["completed"] != task["completed"]:
        new["completed_at"] = now if new["completed"] else None
    new["updated_at"] = now
    new["version"] += 1
    return new
