"""Tags as tasks show them."""

from collections.abc import Collection, Sequence
from typing import Any, Final, cast

from lambdo.tags import store as tags
from lambdo.tags.models import Tag
from lambdo.tasks.models import Task, TaskAnswer

_MANY: Final = 25  # tags; above, reading all of the user's tags, at most 25 RRU, is cheaper than reading each for 1 RRU
_FIELDS: Final = tuple(name for name in TaskAnswer.__annotations__ if name != "tags")


def show_task(task: Task, its_tags: Collection[Tag]) -> TaskAnswer:
    """Return the task as the API shows it, with its tags, oldest first; tags that are not given are being deleted."""
    by_id = {tag["id"]: tag for tag in its_tags}
    shown = [_shown(by_id[tag_id]) for tag_id in sorted(task["tag_ids"]) if tag_id in by_id]
    fields = cast("dict[str, Any]", task)
    return cast("TaskAnswer", {name: fields[name] for name in _FIELDS} | {"tags": shown})


def show_tasks(user_id: str, tasks: Sequence[Task], known: Sequence[Tag] = ()) -> list[TaskAnswer]:
    """Return tasks as the API shows them; reads the tags that are not known yet, like `read_tags`."""
    missing = frozenset[str]().union(*(task["tag_ids"] for task in tasks)) - {tag["id"] for tag in known}
    all_tags = [*known, *read_tags(user_id, missing)]
    return [show_task(task, all_tags) for task in tasks]


def read_tags(user_id: str, tag_ids: Collection[str]) -> list[Tag]:
    """Return the tags that exist, with strong reads. One call, or none without ids; 1 RRU for each tag, at most 25."""
    if len(tag_ids) > _MANY:
        return [tag for tag in tags.query(user_id) if tag["id"] in tag_ids]
    return tags.get_all(user_id, tag_ids)


def _shown(tag: Tag) -> dict[str, Any]:
    return {"id": tag["id"], "name": tag["name"], "color": tag["color"]}
