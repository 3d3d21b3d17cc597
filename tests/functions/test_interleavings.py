"""One request stopped before each of its DynamoDB calls while another runs whole: no dangling link, nothing lost, in any order.

The first goes on after that as if nothing had happened, which is what two processes at once look like at worst.
"""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.table import aws
from tests.support.fsck import fsck
from tools.in_process.api import Answer, Api, Caller, Json
from tools.in_process.network import PASS, Network
from tools.in_process.stream import PATIENCE, deliver, marked, record
from tools.in_process.table import uncounted

REFUSALS = {404, 409, 412, 422}


class World:
    """Three tags and three tasks of one user: x is on t, and so is z, which is being deleted; so they are on gone, in the trash."""

    def __init__(self, user: Caller, dump: Callable[[], list[Json]]) -> None:
        self.user = user
        self._dump = dump
        self.tags = {name: str(user.create_tag()["id"]) for name in "xyz"}
        self.tasks = {
            "t": str(user.create_task(tag_ids=[self.tags["x"], self.tags["z"]])["id"]),
            "bare": str(user.create_task()["id"]),
            "gone": str(user.create_task(tag_ids=[self.tags["x"], self.tags["z"]])["id"]),
        }
        user.call("DELETE", f"tasks/{self.tasks['gone']}")
        user.call("DELETE", f"tags/{self.tags['z']}")
        self._start = self.items()

    def restore(self) -> None:
        """Make everything as it was at the start."""
        items = self.items()
        starting = [key_of(item) for item in self._start]
        puts = [{"PutRequest": {"Item": item}} for item in self._start if item not in items]
        deletes = [{"DeleteRequest": {"Key": key}} for key in map(key_of, items) if key not in starting]
        if puts or deletes:
            aws.client("dynamodb").batch_write_item(RequestItems={self._table: puts + deletes})

    @property
    def _table(self) -> str:
        return next(iter(self.user.api.application.tables))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        return self.user.call(method, path.format(**self.tags, **self.tasks), body, headers=headers)

    def items(self) -> list[Json]:
        """Return what the table has of the user, its only one."""
        return uncounted(self._dump())

    def finish(self) -> Answer:
        """Let the stream come once, for everything that is marked."""
        assert deliver(*[record(item) for item in marked(self.items())]) == []
        return Answer(204, {}, b"")

    def drain(self) -> list[Json]:
        """Let the stream come until nothing is marked any more; return what is then in the table."""
        for _ in range(PATIENCE):
            items = self.items()
            if not marked(items):
                return items
            self.finish()
        raise AssertionError("not finished")


def key_of(item: Json) -> Json:
    return {name: item[name] for name in ("pk", "sk")}


type Operation = Callable[[World], Answer]


def request(method: str, path: str, body: Callable[[World], Any] | Any = None, **headers: str) -> Operation:
    return lambda world: world.call(method, path, body(world) if callable(body) else body, **headers)


def whole(method: str, path: str) -> Operation:
    """Make a request, and let the stream finish what it started."""

    def run(world: World) -> Answer:
        answer = world.call(method, path)
        world.finish()
        return answer

    return run


def tag_ids(names: str) -> Callable[[World], Json]:
    return lambda world: {"tag_ids": [world.tags[name] for name in names]}


OPERATIONS: dict[str, Operation] = {
    "link y to t": request("PUT", "tasks/{t}/tags/{y}"),
    "link x to bare": request("PUT", "tasks/{bare}/tags/{x}"),
    "unlink x from t": request("DELETE", "tasks/{t}/tags/{x}"),
    "create with x and y": request("POST", "tasks", lambda world: {"title": "x", **tag_ids("xy")(world)}),
    "set x and y on t": request("PATCH", "tasks/{t}", tag_ids("xy")),
    "set y on t": request("PATCH", "tasks/{t}", tag_ids("y")),
    "keep x and z on t, add y": request("PATCH", "tasks/{t}", tag_ids("xyz")),
    "set nothing on t": request("PATCH", "tasks/{t}", tag_ids("")),
    "complete t": request("PATCH", "tasks/{t}/complete", {"completed": True}),
    "edit t": request("PATCH", "tasks/{t}", {"title": "edited"}),
    "delete t": request("DELETE", "tasks/{t}"),
    "delete bare": request("DELETE", "tasks/{bare}"),
    "rename x": request("PATCH", "tags/{x}", {"name": "new"}),
    "rename y to the same": request("PUT", "tags/{y}", {"name": "NEW"}),
    "recolor x": request("PATCH", "tags/{x}", {"color": "#00ff00"}),
    "delete x": request("DELETE", "tags/{x}"),
    "delete y": request("DELETE", "tags/{y}"),
    "rename x to another": request("PATCH", "tags/{x}", {"name": "another"}),
    "delete x at v1": request("DELETE", "tags/{x}", **{"If-Match": '"v1"'}),
    "delete x wholly": whole("DELETE", "tags/{x}"),
    "delete y wholly": whole("DELETE", "tags/{y}"),
    "finish": World.finish,
    "restore gone": request("POST", "tasks/trash/{gone}/restore"),
    "empty the trash": request("DELETE", "tasks/trash"),
}


@pytest.fixture(scope="module")
def world(api: Api, dump: Callable[[], list[Json]], _empty_table: None) -> World:
    return World(api.sign_up(), dump)


# What would only repeat another is left out, and as the first also what is stopped at the same calls as another.
TRASH = {"restore gone", "empty the trash"}
SECONDS = sorted(
    OPERATIONS.keys() - TRASH - {"link x to bare", "set nothing on t", "delete bare", "edit t", "delete y"}
)
FIRSTS = sorted(
    set(SECONDS) - {"complete t", "rename y to the same", "rename x to another", "delete x wholly", "delete y wholly"}
)
WITH_TRASH = sorted(TRASH | {"delete t", "delete x", "delete x wholly", "finish", "rename x"})
PAIRS = [
    *itertools.product(FIRSTS, SECONDS),
    *((first, second) for first, second in itertools.product(WITH_TRASH, WITH_TRASH) if TRASH & {first, second}),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_any_two_requests_leave_no_dangling_link_and_lose_nothing(
    world: World, network: Network, first: str, second: str
) -> None:
    """The first meets the second before its first call, before its second, and so on, until it has no more calls."""
    for step in range(PATIENCE):
        world.restore()
        answers = list[tuple[str, Answer]]()
        network.plan = [*[PASS] * step, lambda: answers.append((second, OPERATIONS[second](world)))]  # noqa: B023
        answers.append((first, OPERATIONS[first](world)))
        network.plan = []
        assert {answer.status for _, answer in answers} <= {200, 201, 204} | REFUSALS, (step, answers)
        fsck(world.items())
        good = {name for name, answer in answers if answer.status < 300}
        check(world, good)
        if TRASH & {first, second}:
            check_trash(world, good)
        taken = {name for name, answer in answers if answer.status == 409}
        assert not taken or {name for name, _ in answers} == {"rename x", "rename y to the same"}, (step, answers)
        items = world.drain()
        fsck(items)
        assert world.tags["z"] not in str([item for item in items if not item["sk"]["S"].startswith("TRASH#")]), step
        if len(answers) == 1:
            return
    raise AssertionError("no end")


def check(world: World, good: set[str]) -> None:
    """Check that what was answered with success is there, unless the other one undid it."""
    tag, task = world.call("GET", "tags/{x}"), world.call("GET", "tasks/{t}")
    if tag.status == 200:
        assert (tag.json["name"] in {"new", "another"}) == bool(good & {"rename x", "rename x to another"})
        assert (tag.json["color"] == "#00ff00") == ("recolor x" in good)
        assert tag.json["version"] == 1 + len(good & {"rename x", "rename x to another", "recolor x"})
    assert (tag.status == 404) == bool(good & {"delete x", "delete x wholly", "delete x at v1"})
    assert "delete x at v1" not in good or not good & {"rename x", "rename x to another", "recolor x"}
    assert (task.status == 404) == ("delete t" in good)
    assert not good >= {"rename x", "rename y to the same"}
    if task.status == 200:
        assert task.json["completed"] == ("complete t" in good)
        assert task.json["title"] == ("edited" if "edit t" in good else "a task")
        shown = {one["id"] for one in task.json["tags"]}
        assert world.tags["z"] not in shown
        if good <= {"link y to t", "link x to bare", "complete t", "edit t", "rename x", "recolor x", "finish"}:
            assert shown == {world.tags["x"]} | ({world.tags["y"]} if "link y to t" in good else set())
        if "unlink x from t" in good and not good & {"set x and y on t", "keep x and z on t, add y"}:
            assert world.tags["x"] not in shown


def check_trash(world: World, good: set[str]) -> None:
    """Check that the deleted task is where the requests have left it, with the tags that it should have."""
    task, trash = world.call("GET", "tasks/{gone}"), world.call("GET", "tasks/trash").json["items"]
    assert (task.status == 200) == ("restore gone" in good)
    if task.status == 200:
        deleted = good & {"delete x", "delete x wholly"}
        shown = {one["id"] for one in task.json["tags"]}
        assert shown == (set() if deleted else {world.tags["x"]})
        assert task.json["version"] == 2 or deleted  # which may have come later
    if "empty the trash" not in good:
        lying = {world.tasks["gone"]} if "restore gone" not in good else set()
        lying |= {world.tasks["t"]} if "delete t" in good else set()
        assert {one["id"] for one in trash} == lying
