"""Tasks: each is an item, in one index for each order (decision 0004), with a link for each of its tags."""

from collections.abc import Mapping
from typing import Any, Final, cast

from lambdo.base.versions import OvertakenError, Versions
from lambdo.table import calls, keys, writes
from lambdo.table.wire import Item
from lambdo.table.writes import Companion
from lambdo.tags import store as tags
from lambdo.tasks.models import PRIORITY_RANK, Task


class TagMissingError(Exception):
    """A tag to link to a task does not exist, or is being deleted."""


def put(task: Task, record: Companion | None = None) -> None:
    """Create the task and its links; raises TagMissingError. One call.

    3 WRU for each KB begun, 4 with a due date; with tags a transaction: twice that, and 4 for each tag.
    """
    if not task["tag_ids"]:
        calls.put(_item(task), record)
        return
    try:
        calls.transact(creation(task), record)
    except calls.TransactionRefusedError as error:
        raise TagMissingError from error


def get(user_id: str, task_id: str) -> Task | None:
    """Return the task, or None. One call, 1 RRU for each 4 KB begun."""
    item = calls.get(keys.user(user_id), keys.task(task_id))
    return from_item(item) if item else None


def update(user_id: str, task_id: str, changes: Mapping[str, Any], *, versions: Versions) -> Task:
    """Change some attributes of the current task; None removes an attribute. One call.

    The changes must include `updated_at`: it identifies the write, so that a retry by the SDK counts once.

    Raises
    ------
    OvertakenError
        If the task does not exist or, if versions are given, has none of them.
    """
    try:
        item = calls.update_and_get(_update(user_id, task_id, changes, versions))
    except calls.ConditionFailedError as error:
        if error.current is None or not _is_own_write(error.current, changes):
            raise _overtaken(error.current) from error
        item = error.current
    return from_item(item)


def rewrite(old: Task, new: Task, record: Companion | None = None) -> None:
    """Replace one version of a task by the next, with its index keys and links. One call.

    1 WRU + 2 for each index key that moves; a change of tags makes it a transaction: twice that, and 2 to 4 for each tag.

    Raises
    ------
    OvertakenError
        If the task was deleted or no longer has the old version.
    TagMissingError
        If a tag to add does not exist.
    """
    before, after = _item(old), _item(new)
    changes = {name: value for name, value in after.items() if value != before[name] and name != "version"}
    changes["updated_at"] = new["updated_at"]  # even if it is equal: the write is then refused and retried
    write = _update(old["user_id"], old["id"], changes, [old["version"]])
    if "tag_ids" not in changes:
        try:
            calls.update(write, record)
        except calls.ConditionFailedError as error:
            if not _is_own_write(error.current, changes):
                raise _overtaken(error.current, was_sent_before=error.was_sent_before) from error
        return
    links = _link_writes(new, new["tag_ids"] - old["tag_ids"], old["tag_ids"] - new["tag_ids"])
    try:
        calls.transact({"task": write, **links}, record)
    except calls.TransactionRefusedError as error:
        if "task" in error.failed:
            raise _overtaken(error.currents["task"]) from error
        raise TagMissingError from error


def creation(task: Task) -> dict[str, writes.Write]:
    """Return the writes that create a task and its links, on condition that its tags exist."""
    return {"task": writes.create(_item(task)), **_link_writes(task, task["tag_ids"], frozenset())}


def removal(task: Task) -> dict[str, writes.Write]:
    """Return the writes that delete this version of a task and its links."""
    condition, values = _condition([task["version"]])
    pk, sk = keys.user(task["user_id"]), keys.task(task["id"])
    write = writes.delete(pk, sk, condition=condition, values=values)
    return {"task": write, **_link_writes(task, frozenset(), task["tag_ids"])}


def remove_tag(user_id: str, task_id: str, tag_id: str) -> None:
    """Remove a tag that is being deleted from a task, if the task exists and has it. One call."""
    write = writes.update(
        keys.user(user_id),
        keys.task(task_id),
        {},
        condition="contains(tag_ids, :tag)",
        values={":tag": tag_id},
        add={"version": 1},
        remove={"tag_ids": frozenset({tag_id})},
    )
    try:
        calls.update(write)
    except calls.ConditionFailedError:
        return


def attributes(task: Task) -> Item:
    """Return the attributes of a task's item, without its keys."""
    return {name: value for name, value in task.items() if name in _ATTRIBUTES}


def from_item(item: Item) -> Task:
    """Return the task of an item."""
    fields = {name: item.get(name) for name in _ATTRIBUTES}
    owner = {"id": keys.id_of(item["sk"]), "user_id": keys.id_of(item["pk"])}
    return cast("Task", {**owner, **fields, "tag_ids": item.get("tag_ids", frozenset())})


def _update(user_id: str, task_id: str, changes: Mapping[str, Any], versions: Versions) -> writes.Write:
    condition, values = _condition(versions)
    return writes.update(
        keys.user(user_id),
        keys.task(task_id),
        changes,
        condition=f"{condition} AND updated_at <> :now",
        values={":now": changes["updated_at"], **values},
        add={"version": 1},
    )


def _link_writes(task: Task, added: frozenset[str], removed: frozenset[str]) -> dict[str, writes.Write]:
    user_id, task_id = task["user_id"], task["id"]
    pk = keys.user(user_id)
    return {
        **{f"tag {tag_id}": tags.exists(user_id, tag_id) for tag_id in sorted(added)},
        **{f"link {tag_id}": writes.put({"pk": pk, "sk": keys.link(tag_id, task_id)}) for tag_id in sorted(added)},
        **{
            f"link {tag_id}": writes.delete(pk, keys.link(tag_id, task_id), condition=None)
            for tag_id in sorted(removed)
        },
    }


def _condition(versions: Versions) -> tuple[str, dict[str, int]]:
    if versions is None:
        return writes.EXISTS, {}
    values = {f":v{i}": version for i, version in enumerate(versions)}
    return f"{writes.EXISTS} AND version IN ({', '.join(values)})", values


def _overtaken(current: Item | None, *, was_sent_before: bool = False) -> OvertakenError:
    """Return the error for a refused write, with the current task."""
    return OvertakenError(from_item(current) if current else None, was_sent_before=was_sent_before)


def _is_own_write(current: Item | None, changes: Mapping[str, Any]) -> bool:
    """Tell whether a write was refused because an earlier attempt of the SDK had already applied it."""
    return current is not None and all(current.get(name) == value for name, value in changes.items())


def _item(task: Task) -> Item:
    status, task_id, due_date = keys.status(completed=task["completed"]), task["id"], task["due_date"]
    return {
        "pk": keys.user(task["user_id"]),
        "sk": keys.task(task_id),
        "lsi1sk": status + keys.order_created(task_id),
        "lsi2sk": status + keys.order_due(due_date, task_id) if due_date else None,
        "lsi3sk": status + keys.order_priority(PRIORITY_RANK[task["priority"]], task_id),
        **attributes(task),
    }


_ATTRIBUTES: Final = tuple(name for name in Task.__annotations__ if name not in {"id", "user_id"})
