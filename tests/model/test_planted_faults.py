"""Faults planted into the code, one at a time: the state machine finds each in its normal runs, or it would find nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings

from lambdo.base.versions import require_version
from lambdo.sessions import session_tokens
from lambdo.sessions.refresh_tokens import RefreshToken
from lambdo.table import keys, writes
from lambdo.table.writes import Companion, Write
from lambdo.tags import service as tag_rules
from lambdo.tags import store as tags
from lambdo.tasks import lists as task_lists
from lambdo.tasks import service as task_rules
from lambdo.tasks import store as tasks
from lambdo.tasks.lists import Page
from lambdo.tasks.models import Task
from lambdo.tasks.query import TaskQuery
from tests.model.machine import World
from tests.model.runs import BUDGET, RUNS, run

pytestmark = pytest.mark.skipif(not RUNS, reason="judges the tests, not the code: make model")

type Plant = Callable[[pytest.MonkeyPatch], None]


def lost_update(patch: pytest.MonkeyPatch) -> None:
    """A task that is rewritten replaces whatever others have written since it was read."""
    rewrite = tasks.rewrite

    def careless(old: Task, new: Task, record: Companion | None = None) -> None:
        current = tasks.get(old["user_id"], old["id"])
        rewrite({**old, "version": current["version"] if current else 0}, new, record)

    patch.setattr(tasks, "rewrite", careless)


def dangling_link(patch: pytest.MonkeyPatch) -> None:
    """What takes a tag off a task leaves the link."""
    link_writes = tasks._link_writes
    patch.setattr(tasks, "_link_writes", lambda task, added, _: link_writes(task, added, frozenset()))


def skipped_entry(patch: pytest.MonkeyPatch) -> None:
    """A page ends one before the place that its cursor goes on after."""
    list_tasks = task_lists.list_tasks

    def off_by_one(user_id: str, query: TaskQuery) -> Page:
        page = list_tasks(user_id, query._replace(limit=query.limit + 1))
        return page._replace(tasks=page.tasks[: query.limit])

    patch.setattr("functions.list_tasks.app.list_tasks", off_by_one)


def unmoved_index_key(patch: pytest.MonkeyPatch) -> None:
    """A task whose priority changes stays where it was in the order by priority."""
    update = tasks._update

    def forgetful(user_id: str, task_id: str, changes: Any, *more: Any) -> Write:
        return update(user_id, task_id, {name: changes[name] for name in changes if name != "lsi3sk"}, *more)

    patch.setattr(tasks, "_update", forgetful)


def forked_refresh(patch: pytest.MonkeyPatch) -> None:
    """The token that was just replaced gets a successor of its own."""

    def another(token: RefreshToken, live_hash: str) -> RefreshToken:
        successor = session_tokens._derive_next(token, session_tokens._signing_key())
        return session_tokens._derive_next(successor, session_tokens._signing_key())

    patch.setattr(session_tokens, "_live_token", another)


def endless_grace(patch: pytest.MonkeyPatch) -> None:
    """The token that was just replaced works for an hour."""
    patch.setattr(session_tokens, "GRACE", 3601)


def kept_name(patch: pytest.MonkeyPatch) -> None:
    """The name of a tag that is renamed or deleted stays claimed."""
    patch.setattr(tags, "_release", lambda user_id, _: writes.delete(keys.user(user_id), "TAGNAME", condition=None))


def names_by_case(patch: pytest.MonkeyPatch) -> None:
    """Names of tags that differ only in case count as different."""
    patch.setattr(tags, "name_key", lambda name: name)


def still_version(patch: pytest.MonkeyPatch) -> None:
    """A tag keeps its version when it changes."""
    update = writes.update

    def still(pk: str, sk: str, *changes: Any, **more: Any) -> Write:
        return update(pk, sk, *changes, **({**more, "add": None} if sk.startswith(keys.TAGS) else more))

    patch.setattr(writes, "update", still)


def ignored_if_match(patch: pytest.MonkeyPatch) -> None:
    """If-Match is not looked at where a tag changes."""
    patch.setattr(tag_rules, "require_version", lambda item, _, not_found: require_version(item, None, not_found))


def tag_left_on_tasks(patch: pytest.MonkeyPatch) -> None:
    """A deleted tag stays on its tasks."""
    patch.setattr(tasks, "remove_tag", lambda *_: None)


def repeated_effect(patch: pytest.MonkeyPatch) -> None:
    """A request that is sent again with its key has its effect again."""
    patch.setattr(writes, "create_anew", lambda item, _: writes.put(item))


def old_completion_time(patch: pytest.MonkeyPatch) -> None:
    """A task that is reopened keeps the time of its completion."""
    apply = task_rules._apply
    patch.setattr(
        task_rules, "_apply", lambda task, changes: {**apply(task, changes), "completed_at": task["completed_at"]}
    )


FAULTS: list[Plant] = [
    lost_update,
    dangling_link,
    skipped_entry,
    unmoved_index_key,
    forked_refresh,
    endless_grace,
    kept_name,
    names_by_case,
    still_version,
    ignored_if_match,
    tag_left_on_tasks,
    repeated_effect,
    old_completion_time,
]


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__.replace("_", " "))
def test_planted_fault_is_found(world: World, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run(world, settings(BUDGET, phases=[Phase.generate]))
