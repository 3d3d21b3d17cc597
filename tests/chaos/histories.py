"""Whether a serial order, true to real time, explains what clients at work at once were answered about one item.

Every effect raises the item's version by one and answers with it: the order is given, and only has to be checked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

type Kind = Literal["create", "change", "toggle", "link", "read", "delete", "restore"]
type State = dict[str, Any]

FIELDS = ("title", "description", "completed", "priority", "due_date", "name", "color")  # of tasks and of tags


@dataclass(frozen=True)
class Operation:
    """A request that was answered: what it asked for, when it was first sent, when it was answered, and with what."""

    kind: Kind
    sent: float
    answered: float
    status: int
    body: dict[str, Any] | None = None
    argument: Any = None  # the fields to change, or the id of the tag to link
    only_if: int | None = None  # the version of If-Match

    @property
    def version(self) -> int:
        """Return the version that the answer shows, 0 if it shows none."""
        return self.body["version"] if self.body and self.status in {200, 201} else 0

    @property
    def state(self) -> State:
        """Return what the answer shows and operations change."""
        body = self.body or {}
        state = {name: body[name] for name in FIELDS if name in body}
        if "tags" in body:
            state["tags"] = sorted(tag["id"] for tag in body["tags"])
        return state

    def applied(self, state: State) -> State:
        """Return what the operation makes of a state."""
        match self.kind:
            case "create" | "change":
                return {**state, **self.argument}
            case "toggle":
                return state | {"completed": not state["completed"]}
            case "link":
                return state | {"tags": sorted({*state["tags"], self.argument})}
            case _:
                return state


def faults(history: Sequence[Operation]) -> Iterator[str]:
    """Yield what no serial order explains; the history must have every operation that may have had an effect on the item."""
    yield from _order(sorted((one for one in history if one.version), key=attrgetter("version")))
    yield from _time(history)
    yield from _refusals(history)


def _order(answers: Sequence[Operation]) -> Iterator[str]:
    """Replay the versions one after the other: one operation makes each of the one before, and the others find it."""
    before: State = {}
    for expected, (version, group) in enumerate(groupby(answers, key=attrgetter("version")), 1):
        if version != expected:
            yield f"version {expected} was written and never acknowledged"
            return
        same = list(group)
        after = same[0].state
        if any(one.state != after for one in same):
            yield f"version {version} was answered in different states"
        # What cannot have found the state as it is has made it; otherwise one that would have made it may have.
        makers = [one for one in same if one.kind in {"create", "restore"} or one.applied(after) != after]
        if len(makers) > 1 or not any(
            one.applied(before) == after and one.only_if in {None, version - 1}
            for one in makers or same
            if one.kind != "read"
        ):
            yield f"version {version} is not made by one operation of version {version - 1}"
        before = after


def _time(history: Sequence[Operation]) -> Iterator[str]:
    """Nobody is answered an older version than somebody was before the question."""
    for one in history:
        known = max((other.version for other in history if other.answered < one.sent), default=0)
        if 0 < one.version < known:
            yield f"version {one.version} was answered to a {one.kind} after version {known}"


def _refusals(history: Sequence[Operation]) -> Iterator[str]:
    """What is deleted is not found until it is restored, what is there is found, and conditions fail for a reason."""
    last = max((one.version for one in history), default=0)
    for one in history:
        least, most = deletions(history, one.sent, one.answered)
        succeeded, needs_deleted = one.status < 300, one.kind == "restore"
        if one.status in {200, 201, 204, 404} and (most < 1 if succeeded == needs_deleted else least > 0):
            yield f"a {one.kind} was answered {one.status}, against the deletions before it"
        if one.status == 412 and one.only_if == last:
            yield f"a {one.kind} of version {last} was refused, and there never was another"


def deletions(history: Sequence[Operation], sent: float, answered: float) -> tuple[int, int]:
    """Return how often, at least and at most, the item was deleted and not restored, at some moment between the two."""
    deleted = [one for one in history if one.kind == "delete" and one.status == 204]
    restored = [one for one in history if one.kind == "restore" and one.status == 200]
    least = sum(one.answered < sent for one in deleted) - sum(one.sent < answered for one in restored)
    most = sum(one.sent < answered for one in deleted) - sum(one.answered < sent for one in restored)
    return least, most
