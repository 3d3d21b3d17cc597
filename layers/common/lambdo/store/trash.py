"""The trash: deleted tasks, an item each, in one index by the time of their deletion, until TTL deletes them (decision 0021)."""

from typing import Final, cast

from lambdo.models.task import TrashedTask
from lambdo.store import keys, table, tasks, writes
from lambdo.store.wire import Item


def put(task: TrashedTask) -> None:
    """Move this version of a task into the trash, where it has no links; raises table.ConditionFailedError. One call.

    A transaction: 2 WRU, 2 for each index that the task stands in, 2 for each tag, and 4 for the trash; all for each KB begun.
    """
    try:
        table.transact(*tasks.removal(task), writes.put(_item(task)))
    except table.TransactionRefusedError as error:
        raise table.ConditionFailedError(error.currents[0]) from error


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
