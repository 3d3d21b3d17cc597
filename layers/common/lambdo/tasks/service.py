"""Tasks: the rules for creating and changing them. Tags are read before a write, so that a write is always shown.

`trash` deletes tasks.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, cast

from lambdo.base import events, ids, times
from lambdo.base.problems import InvalidFields, ServiceUnavailable, TagNotFound, TaskNotFound
from lambdo.base.versions import OvertakenError, Versions, require_version, retry
from lambdo.table.records import Record, with_record
from lambdo.tags.models import MAX_TAGS_OF_A_TASK, Tag
from lambdo.tasks import store
from lambdo.tasks.models import Task, TaskAnswer
from lambdo.tasks.tagging import read_tags, show_task

# Changing one of these moves index keys or links, which depend on the other fields: read first, then write on condition
# (decision 0008).
_INDEXED: Final = frozenset({"completed", "priority", "due_date", "tag_ids"})


def create_task(user_id: str, fields: Mapping[str, Any], record: Record = None) -> TaskAnswer:
    """Create a task, with its links to tags, and return it. One call, two with tags; raises TagNotFound.

    Parameters
    ----------
    fields
        All fields, validated, by name (`requests.CreateTask`).
    """
    its_tags = _require_tags(read_tags(user_id, fields["tag_ids"]), fields["tag_ids"])
    now = times.rfc3339(times.now())
    task = cast(
        "Task",
        {
            "id": ids.new_id(),
            "user_id": user_id,
            **fields,
            "completed_at": now if fields["completed"] else None,
            "version": 1,
            "created_at": now,
            "updated_at": now,
        },
    )
    shown = show_task(task, its_tags)
    try:
        store.put(task, with_record(record, user_id, shown))
    except store.TagMissingError as error:
        raise TagNotFound from error
    events.record("task_created")
    return shown


def update_task(
    user_id: str, task_id: str, changes: dict[str, Any], versions: Versions, record: Record = None
) -> TaskAnswer:
    """Change some fields of a task and return it; None clears a field.

    Parameters
    ----------
    changes
        Validated fields by name; absent fields keep their values.

    Raises
    ------
    TaskNotFound, PreconditionFailed
        If the task does not exist, or the precondition does not allow its version.
    TagNotFound
        If a tag that was sent does not exist.
    """
    if changes and record is None and _INDEXED.isdisjoint(changes):
        return _edit(user_id, task_id, changes, versions)
    return _rewrite(user_id, task_id, versions, record, lambda _: changes, required_tags=changes.get("tag_ids", ()))


def complete_task(
    user_id: str, task_id: str, completed: bool | None, versions: Versions, record: Record = None
) -> TaskAnswer:
    """Set whether a task is completed, or toggle it (None), and return it; raises like `update_task`."""

    def change(task: Task) -> dict[str, Any]:
        return {"completed": not task["completed"] if completed is None else completed}

    return _rewrite(user_id, task_id, versions, record, change, repeatable=completed is not None)


def link_tag(user_id: str, task_id: str, tag_id: str, versions: Versions, record: Record = None) -> TaskAnswer:
    """Add a tag to a task and return the task, unchanged if it already has the tag; raises like `update_task`."""

    def change(task: Task) -> dict[str, Any]:
        return {"tag_ids": task["tag_ids"] | {tag_id}}

    return _rewrite(user_id, task_id, versions, record, change, required_tags={tag_id})


def unlink_tag(user_id: str, task_id: str, tag_id: str, versions: Versions, record: Record = None) -> None:
    """Remove a tag from a task; do nothing if it does not have the tag. Raises like `update_task`."""

    def change(task: Task) -> dict[str, Any]:
        return {"tag_ids": task["tag_ids"] - {tag_id}}

    _rewrite(user_id, task_id, versions, record, change)


def _edit(user_id: str, task_id: str, changes: Mapping[str, Any], versions: Versions) -> TaskAnswer:
    """Change fields that move no index key, without reading the task first. One call, two with tags."""

    def edit(_: Task | None) -> TaskAnswer:
        now = times.rfc3339(times.now())
        try:
            task = store.update(user_id, task_id, {**changes, "updated_at": now}, versions=versions)
        except OvertakenError as error:
            require_version(cast("Task | None", error.current), versions, TaskNotFound)
            raise  # it was changed in this very microsecond
        return show_task(task, read_tags(user_id, task["tag_ids"]))

    return retry(lambda: None, edit)


def _rewrite(
    user_id: str,
    task_id: str,
    versions: Versions,
    record: Record,
    change: Callable[[Task], dict[str, Any]],
    *,
    required_tags: Collection[str] = (),
    repeatable: bool = True,
) -> TaskAnswer:
    """Apply a change to the current task, again if another writer was faster; write nothing if nothing changes.

    Parameters
    ----------
    repeatable
        Whether applying the change twice has the same effect as once. Other changes, such as a toggle, are not applied
        again if they may have been applied already.
    """

    def rewrite(current: Task | None) -> TaskAnswer:
        task = require_version(current, versions, TaskNotFound)
        changes = change(task)
        its_tags = _require_tags(read_tags(user_id, changes.get("tag_ids", task["tag_ids"])), required_tags)
        if "tag_ids" in changes:  # removes tags that are being deleted, so that they do not count toward the 20
            changes = changes | {"tag_ids": frozenset(tag["id"] for tag in its_tags)}
        new = _apply(task, changes)
        shown = show_task(new, its_tags)
        if new == task:
            return shown
        try:
            store.rewrite(task, new, with_record(record, user_id, shown))
        except store.TagMissingError as error:
            raise TagNotFound from error
        except OvertakenError as error:
            if error.was_sent_before and not repeatable:
                raise ServiceUnavailable from error
            raise
        if new["completed"] and not task["completed"]:
            events.record("task_completed")
        return shown

    return retry(lambda: store.get(user_id, task_id), rewrite)


def _require_tags(its_tags: list[Tag], required: Collection[str]) -> list[Tag]:
    """Return a task's tags if they include the required ones and are not too many."""
    if not {tag["id"] for tag in its_tags}.issuperset(required):
        raise TagNotFound
    if len(its_tags) > MAX_TAGS_OF_A_TASK:
        rule = f"A task should have at most {MAX_TAGS_OF_A_TASK} tags"
        raise InvalidFields.of("tag_id", rule, "too_many_tags")
    return its_tags


def _apply(task: Task, changes: dict[str, Any]) -> Task:
    """Return the task with the changes; if anything differs, with the next version and new time stamps."""
    new: Task = {**task, **changes}  # type: ignore[typeddict-item]  # the request model has checked names and types
    if new == task:
        return task
    now = times.rfc3339(times.now())
    if new["completed"] != task["completed"]:
        new["completed_at"] = now if new["completed"] else None
    new["updated_at"] = now
    new["version"] += 1
    return new
