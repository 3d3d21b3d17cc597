"""Tasks: an item each, in one index an order (decision 0004)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from lambdo.models.task import PRIORITY_RANK, Task
from lambdo.store import keys, table

_MATCHES: Final = "attribute_exists(pk)"


def put(task: Task) -> None:
    """Create the task. One call; 3 WRU for each KB begun, 4 with a due date."""
    table.put(_item(task))


def get(user_id: str, task_id: str) -> Task | None:
    """Return the task, or None. One call, 1 RRU for each 4 KB begun."""
    item = table.get(keys.user(user_id), keys.task(task_id))
    return _task(item) if item else None


def update(user_id: str, task_id: str, changes: Mapping[str, Any], *, versions: Sequence[int] | None) -> Task:
    """Change some attributes of the task as it stands; None removes one. One call.

    `updated_at` must be among the changes: it marks the write, so that one that the SDK sent twice counts once.

    Raises
    ------
    table.ConditionFailedError
        If the task is gone or, where versions are given, has none of them.
    """
    condition, values = _condition(versions)
    try:
        item = table.update(
            keys.user(user_id),
            keys.task(task_id),
            changes,
            condition=f"{condition} AND updated_at <> :now",
            values={":now": changes["updated_at"], **values},
            counter="version",
        )
    except table.ConditionFailedError as error:
        if not (error.current and _is_own_write(error.current, changes)):
            raise
        item = error.current
    return _task(item)


def rewrite(old: Task, new: Task) -> Task:
    """Replace one version of a task by the next, index keys included. One call; 1 WRU + 2 for each index key that moves.

    Raises
    ------
    table.ConditionFailedError
        If the task is gone or no longer of the old version.
    """
    before, after = _item(old), _item(new)
    changes = {name: value for name, value in after.items() if value != before[name] and name != "version"}
    changes["updated_at"] = new["updated_at"]  # also when the clock has not moved: the condition then refuses
    return update(old["user_id"], old["id"], changes, versions=[old["version"]])


def delete(user_id: str, task_id: str, *, versions: Sequence[int] | None) -> None:
    """Delete the task; raises table.ConditionFailedError like `update`. One call, 1 WRU + 1 for each index it stands in."""
    condition, values = _condition(versions)
    table.delete(keys.user(user_id), keys.task(task_id), condition=condition, values=values)


def query(user_id: str, *, completed: bool | None, limit: int, after: str | None) -> tuple[list[Task], str | None]:
    """Return a page of the user's tasks, newest first, and the id to go on after (None at the end).

    One call, 1 RRU for each 4 KB begun. `completed` None reads the table itself, otherwise the index of that status.
    """
    index = None if completed is None else "lsi1"
    prefix = keys.TASK_PREFIX if completed is None else keys.status_prefix(completed=completed)
    start = None
    if after is not None:
        start = {"pk": keys.user(user_id), "sk": keys.task(after)}
        if completed is not None:
            start["lsi1sk"] = keys.task_by_status(after, completed=completed)
    items, last = table.query(keys.user(user_id), prefix, index=index, limit=limit, start=start)
    return [_task(item) for item in items], keys.id_of(last["sk"]) if last else None


def from_failure(error: table.ConditionFailedError) -> Task | None:
    """Return the task that stood in the way of a conditional write, or None if there is none."""
    return _task(error.current) if error.current else None


def _condition(versions: Sequence[int] | None) -> tuple[str, dict[str, int]]:
    if versions is None:
        return _MATCHES, {}
    values = {f":v{i}": version for i, version in enumerate(versions)}
    return f"{_MATCHES} AND version IN ({', '.join(values)})", values


def _is_own_write(current: table.Item, changes: Mapping[str, Any]) -> bool:
    return all(current.get(name) == value for name, value in changes.items())


def _item(task: Task) -> table.Item:
    completed, due_date = task["completed"], task["due_date"]
    return {
        "pk": keys.user(task["user_id"]),
        "sk": keys.task(task["id"]),
        "lsi1sk": keys.task_by_status(task["id"], completed=completed),
        "lsi2sk": keys.task_by_due_date(task["id"], due_date, completed=completed) if due_date else None,
        "lsi3sk": keys.task_by_priority(task["id"], PRIORITY_RANK[task["priority"]], completed=completed),
        **{name: value for name, value in task.items() if name not in {"id", "user_id"}},
    }


def _task(item: table.Item) -> Task:
    return cast(
        "Task",
        {
            "id": keys.id_of(item["sk"]),
            "user_id": keys.id_of(item["pk"]),
            **{name: item.get(name) for name in _ATTRIBUTES},
        },
    )


_ATTRIBUTES: Final = (
    "title", "description", "completed", "completed_at", "priority", "due_date", "version", "created_at", "updated_at",
)  # fmt: skip
