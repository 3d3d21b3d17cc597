"""Tags on tasks: linking, unlinking, and showing tasks with their tags instead of the ids."""

from collections.abc import Sequence
from typing import Any

from lambdo.models.tag import MAX_TAGS_OF_A_TASK, Tag, TagOfTask
from lambdo.models.task import Task, TaskAnswer
from lambdo.problems import InvalidFields, TagNotFound
from lambdo.services.tasks import rewrite_task
from lambdo.store import tags


def link_tag(user_id: str, task_id: str, tag_id: str) -> TaskAnswer:
    """Put a tag on a task and return it as the API shows it; one that has it already stays as it is.

    Raises
    ------
    TaskNotFound, TagNotFound
        If there is no such task or tag.
    InvalidFields
        If the task has 20 other tags.
    """

    def change(task: Task) -> dict[str, Any]:
        tag_ids = task["tag_ids"] | {tag_id}
        if len(tag_ids) > MAX_TAGS_OF_A_TASK:
            msg = f"A task should have at most {MAX_TAGS_OF_A_TASK} tags"
            raise InvalidFields(errors=[{"loc": ["path", "tag_id"], "msg": msg, "type": "too_many_tags"}])
        return {"tag_ids": tag_ids}

    task = show_task(rewrite_task(user_id, task_id, None, change))
    if all(tag["id"] != tag_id for tag in task["tags"]):
        raise TagNotFound  # it is being deleted, and the stream has not come to this task yet
    return task


def unlink_tag(user_id: str, task_id: str, tag_id: str) -> None:
    """Take a tag off a task; one that does not have it stays as it is. Raises TaskNotFound."""
    rewrite_task(user_id, task_id, None, lambda task: {"tag_ids": task["tag_ids"] - {tag_id}})


def show_task(task: Task) -> TaskAnswer:
    """Return the task as the API shows it. No call for a task without tags, otherwise one; 1 RRU a tag."""
    return show_tasks(task["user_id"], [task])[0]


def show_tasks(user_id: str, tasks: Sequence[Task], known: Sequence[Tag] = ()) -> list[TaskAnswer]:
    """Return tasks as the API shows them, tags by age. One call for each 100 different tags that are not known yet."""
    by_id = {tag["id"]: tag for tag in known}
    missing = frozenset[str]().union(*(task["tag_ids"] for task in tasks)) - by_id.keys()
    by_id |= {tag["id"]: tag for tag in tags.get_all(user_id, missing)}
    return [_answer(task, [by_id[tag_id] for tag_id in sorted(task["tag_ids"]) if tag_id in by_id]) for task in tasks]


def _answer(task: Task, its_tags: Sequence[Tag]) -> TaskAnswer:
    shown: list[TagOfTask] = [{"id": tag["id"], "name": tag["name"], "color": tag["color"]} for tag in its_tags]
    return {
        "id": task["id"],
        "user_id": task["user_id"],
        "title": task["title"],
        "description": task["description"],
        "completed": task["completed"],
        "completed_at": task["completed_at"],
        "priority": task["priority"],
        "due_date": task["due_date"],
        "tags": shown,
        "version": task["version"],
        "created_at": task["created_at"],
        "updated_at": task["updated_at"],
    }
