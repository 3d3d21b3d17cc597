"""The trash: the rules for deleting and restoring tasks."""

import time
from collections.abc import Collection
from datetime import timedelta
from typing import Final, cast

from lambdo.base import events, times
from lambdo.base.problems import TaskNotFound
from lambdo.base.versions import OvertakenError, Versions, require_version, retry
from lambdo.table.records import Record, with_record
from lambdo.tags.models import Tag
from lambdo.tasks import cursors
from lambdo.tasks import store as tasks
from lambdo.tasks import trash_store as trash
from lambdo.tasks.models import Emptied, Task, TaskAnswer, TrashedTask, TrashedTaskAnswer
from lambdo.tasks.tagging import read_tags, show_task

_KEPT: Final = timedelta(days=30)
_SECONDS: Final = 3
_PIECE: Final = 99  # tasks deleted at once: a transaction has at most 100 writes, and the idempotency record is one


def delete_task(user_id: str, task_id: str, versions: Versions, record: Record = None) -> None:
    """Move a task to the trash and delete its links. Two calls.

    Raises
    ------
    TaskNotFound, PreconditionFailed
        If the task does not exist, or the precondition does not allow its version.
    """

    def delete(current: Task | None) -> None:
        task = require_version(current, versions, TaskNotFound)
        trash.put(_to_trash(task), with_record(record, user_id, None))

    retry(lambda: tasks.get(user_id, task_id), delete)
    events.record("task_deleted")


def list_trash(user_id: str, *, limit: int, cursor: str | None) -> tuple[list[TrashedTaskAnswer], str | None]:
    """Return a page of deleted tasks, last deleted first, and the cursor of the next page; raises InvalidCursor."""
    scope = [user_id, "trash"]
    after = None if cursor is None else cursors.read(cursor, scope)
    found, last = trash.query(user_id, since=_oldest(), limit=limit, after=after)
    its_tags = read_tags(user_id, frozenset[str]().union(*(task["tag_ids"] for task in found)))
    return [show_trashed(task, its_tags) for task in found], cursors.sign(last, scope) if last else None


def show_trashed(task: TrashedTask, its_tags: Collection[Tag]) -> TrashedTaskAnswer:
    """Return a task in the trash as the API shows it, with its tags, if they are among those given."""
    until = times.of_unix(task["expires_at"])
    return {**show_task(task, its_tags), "deleted_at": task["deleted_at"], "expires_at": until}


def restore_task(user_id: str, task_id: str, versions: Versions, record: Record = None) -> TaskAnswer:
    """Restore a task, with those of its tags that still exist, and return it. Two calls, three with tags.

    Raises
    ------
    TaskNotFound, PreconditionFailed
        If the task is not in the trash, or the precondition does not allow its version.
    """

    def restore(current: TrashedTask | None) -> TaskAnswer:
        trashed = require_version(_unexpired(current), versions, TaskNotFound)
        its_tags = read_tags(user_id, trashed["tag_ids"])
        task = _from_trash(trashed, its_tags)
        shown = show_task(task, its_tags)
        try:
            trash.restore(trashed, task, with_record(record, user_id, shown))
        except tasks.TagMissingError as error:  # the tag was deleted after it was read; the retry omits it
            raise OvertakenError(trashed) from error
        return shown

    shown = retry(lambda: trash.get(user_id, task_id), restore)
    events.record("task_restored")
    return shown


def empty_trash(user_id: str, record: Record = None) -> Emptied:
    """Permanently delete tasks in the trash, for about 3 seconds; return how many were deleted and whether more remain.

    The last piece carries the idempotency record. After a crash before that, a retry deletes the remaining tasks.
    """
    end = time.monotonic() + _SECONDS
    deleted, is_last = 0, False
    while not is_last:
        found, after = trash.query(user_id, since=_oldest(), limit=_PIECE)
        deleted += len(found)
        emptied: Emptied = {"deleted": deleted, "more": after is not None}
        is_last = after is None or time.monotonic() > end
        proof = with_record(record, user_id, emptied) if is_last else None
        trash.delete_all(user_id, [task["id"] for task in found], proof)
        if deleted:
            events.record("trash_emptied", count=deleted)
    return emptied


def _to_trash(task: Task) -> TrashedTask:
    """Return the task as it is when moved to the trash now."""
    now = times.now()
    return {**task, "deleted_at": times.rfc3339(now), "expires_at": int((now + _KEPT).timestamp())}


def _from_trash(trashed: TrashedTask, its_tags: Collection[Tag]) -> Task:
    """Return the task as it is when restored now."""
    task = {name: value for name, value in trashed.items() if name not in {"deleted_at", "expires_at"}}
    return {
        **cast("Task", task),
        "tag_ids": frozenset(tag["id"] for tag in its_tags),
        "version": trashed["version"] + 1,
        "updated_at": times.rfc3339(times.now()),
    }


def _oldest() -> str:
    """Return the time of deletion of tasks that expire now."""
    return times.rfc3339(times.now() - _KEPT)


def _unexpired(task: TrashedTask | None) -> TrashedTask | None:
    """Return the task unless it has expired: TTL deletes late."""
    return task if task and task["deleted_at"] >= _oldest() else None
