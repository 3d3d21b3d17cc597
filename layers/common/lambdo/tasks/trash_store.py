"""The trash: each deleted task is an item, in an index by time of deletion, until TTL deletes it (decision 0021)."""

from collections.abc import Collection
from typing import Final, cast

from lambdo.base.versions import OvertakenError
from lambdo.table import calls, keys, writes
from lambdo.table.wire import Item
from lambdo.table.writes import Companion
from lambdo.tasks import store as tasks
from lambdo.tasks.models import Task, TrashedTask


def put(task: TrashedTask, record: Companion | None = None) -> None:
    """Move this version of a task to the trash, where it has no links; raises OvertakenError. One call.

    A transaction: 2 WRU, 2 for each index that has the task, 2 for each tag, 4 for the trash; all for each KB begun.
    """
    try:
        calls.transact({**tasks.removal(task), "trash": writes.put(_item(task))}, record)
    except calls.TransactionRefusedError as error:
        current = error.currents["task"]
        raise OvertakenError(tasks.from_item(current) if current else None) from error


def get(user_id: str, task_id: str) -> TrashedTask | None:
    """Return the task if it is in the trash, or None. One call, 1 RRU for each 4 KB begun."""
    item = calls.get(keys.user(user_id), keys.trash(task_id))
    return from_item(item) if item else None


def query(user_id: str, *, since: str, limit: int, after: str | None = None) -> tuple[list[TrashedTask], str | None]:
    """Return tasks deleted since a moment, last deleted first, and the position to continue after. One call.

    1 RRU for each 4 KB begun of all the tasks together.
    """
    pk = keys.user(user_id)
    start = {"pk": pk, "sk": keys.trash(keys.id_of(after)), "lsi4sk": after} if after else None
    between = keys.deleted_since(min(since, after or since))  # DynamoDB refuses to start outside the range
    items, last = calls.query(pk, between, index="lsi4", limit=limit, start=start)
    return [from_item(item) for item in items], last["lsi4sk"] if last else None


def restore(trashed: TrashedTask, task: Task, record: Companion | None = None) -> None:
    """Move a task out of the trash, if it still has this version there, and create its links. One call.

    A transaction: 4 WRU for the trash, 6 for the task, 8 with a due date, both for each KB begun, and 4 for each tag.

    Raises
    ------
    OvertakenError
        If the task in the trash has changed since it was read, or also exists outside the trash.
    tasks.TagMissingError
        If one of its tags does not exist.
    """
    pk, sk = keys.user(trashed["user_id"]), keys.trash(trashed["id"])
    removal = writes.delete(pk, sk, condition="version = :version", values={":version": trashed["version"]})
    try:
        calls.transact({"trash": removal, **tasks.creation(task)}, record)
    except calls.TransactionRefusedError as error:
        if {"trash", "task"} & error.failed:
            current = error.currents.get("trash")
            raise OvertakenError(from_item(current) if current else None) from error
        raise tasks.TagMissingError from error


def delete_all(user_id: str, task_ids: Collection[str], record: Companion | None = None) -> None:
    """Permanently delete tasks in the trash. One call for each 25.

    2 WRU a task for each KB begun; twice that in a transaction.
    """
    calls.delete_all(keys.user(user_id), [keys.trash(task_id) for task_id in task_ids], record)


def from_item(item: Item) -> TrashedTask:
    """Return the task of an item."""
    return cast("TrashedTask", {**tasks.from_item(item), **{name: item[name] for name in _ATTRIBUTES}})


def _item(task: TrashedTask) -> Item:
    return {
        "pk": keys.user(task["user_id"]),
        "sk": keys.trash(task["id"]),
        "lsi4sk": keys.order_deleted(task["deleted_at"], task["id"]),
        **tasks.attributes(task),
        **{name: value for name, value in task.items() if name in _ATTRIBUTES},
    }


_ATTRIBUTES: Final = ("deleted_at", "expires_at")
