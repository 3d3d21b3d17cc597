"""The trash: the rules of deleting tasks, and of having them back."""

import time
from collections.abc import Collection
from contextlib import nullcontext
from datetime import timedelta
from typing import Final, cast

from lambdo.base import events, times
from lambdo.base.problems import ServiceUnavailable, TaskNotFound
from lambdo.table.calls import ConditionFailedError
from lambdo.table.records import recorded
from lambdo.tags.models import Tag
from lambdo.tasks import cursors
from lambdo.tasks import store as tasks
from lambdo.tasks import trash_store as trash
from lambdo.tasks.models import Emptied, Task, TaskAnswer, TrashedTask, TrashedTaskAnswer
from lambdo.tasks.tagging import read_tags, show_task
from lambdo.web.preconditions import Versions, checked

_KEPT: Final = timedelta(days=30)
_ATTEMPTS: Final = 4  # the first and three more after another writer was faster
_SECONDS: Final = 3
_PIECE: Final = 99  # tasks deleted at once: a transaction takes 100 writes, and the record of a key is one


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


def list_trash(user_id: str, *, limit: int, cursor: str | None) -> tuple[list[TrashedTaskAnswer], str | None]:
    """Return a page of what was deleted, last deleted first, and the cursor to go on with; raises InvalidCursor."""
    scope = [user_id, "trash"]
    after = None if cursor is None else cursors.read(cursor, scope)
    found, last = trash.query(user_id, since=_oldest(), limit=limit, after=after)
    its_tags = read_tags(user_id, frozenset[str]().union(*(task["tag_ids"] for task in found)))
    return [show_trashed(task, its_tags) for task in found], cursors.sign(last, scope) if last else None


def show_trashed(task: TrashedTask, its_tags: Collection[Tag]) -> TrashedTaskAnswer:
    """Return a task in the trash as the API shows it, with those of its tags that are given."""
    shown = {**show_task(task, its_tags), "expires_at": times.of_unix(task["expires_at"])}
    return cast("TrashedTaskAnswer", shown)


def restore_task(user_id: str, task_id: str, versions: Versions) -> TaskAnswer:
    """Put a task back where it was, with those of its tags that still exist, and return it. Two calls, three with tags.

    Raises
    ------
    TaskNotFound, PreconditionFailed
        If there is no such task in the trash, or it is of another version.
    ServiceUnavailable
        If other writers were faster every time.
    """
    trashed = trash.get(user_id, task_id)
    for _ in range(_ATTEMPTS):
        trashed = checked(_unexpired(trashed), versions, TaskNotFound)
        its_tags = read_tags(user_id, trashed["tag_ids"])
        task = _restored(trashed, its_tags)
        answer = show_task(task, its_tags)
        try:
            with recorded(user_id, answer):
                trash.restore(trashed, task)
        except tasks.TagMissingError:
            continue  # it was deleted after it was read, and is now left out
        except ConditionFailedError as error:
            trashed = trash.from_failure(error)
        else:
            events.record("task_restored")
            return answer
    raise ServiceUnavailable


def empty_trash(user_id: str) -> Emptied:
    """Delete for good what is in the trash, for about 3 seconds; return how many tasks went and whether there are more.

    The record of a key goes with the last piece. What a crash leaves before that is what the repetition finds.
    """
    end = time.monotonic() + _SECONDS
    deleted, is_last = 0, False
    while not is_last:
        found, after = trash.query(user_id, since=_oldest(), limit=_PIECE)
        deleted += len(found)
        answer: Emptied = {"deleted": deleted, "more": after is not None}
        is_last = after is None or time.monotonic() > end
        with recorded(user_id, answer) if is_last else nullcontext():
            trash.delete_all(user_id, [task["id"] for task in found])
        if deleted:
            events.record("trash_emptied", count=deleted)
    return answer


def _trashed(task: Task) -> TrashedTask:
    """Return the task as it goes into the trash now."""
    now = times.now()
    return {**task, "deleted_at": times.rfc3339(now), "expires_at": int((now + _KEPT).timestamp())}


def _restored(trashed: TrashedTask, its_tags: Collection[Tag]) -> Task:
    """Return the task as it comes back now."""
    task = {name: value for name, value in trashed.items() if name not in {"deleted_at", "expires_at"}}
    return {
        **cast("Task", task),
        "tag_ids": frozenset(tag["id"] for tag in its_tags),
        "version": trashed["version"] + 1,
        "updated_at": times.rfc3339(times.now()),
    }


def _oldest() -> str:
    """Return when what expires now was deleted."""
    return times.rfc3339(times.now() - _KEPT)


def _unexpired(task: TrashedTask | None) -> TrashedTask | None:
    """Return the task unless it has expired: TTL deletes late."""
    return task if task and task["deleted_at"] >= _oldest() else None
