"""The judge of concurrent histories acquits what a serial order explains, and finds each kind of fault."""

from typing import Any

import pytest

from tests.chaos.histories import Kind, Operation, faults

TASK: dict[str, Any] = {
    "title": "a",
    "description": None,
    "completed": False,
    "priority": "low",
    "due_date": None,
    "tags": [],
}


def op(kind: Kind, sent: float, status: int = 200, version: int = 0, argument: Any = None, **shown: Any) -> Operation:
    """Return an operation that took one second."""
    tags = [{"id": tag} for tag in shown.pop("tags", [])]
    body = {**TASK, "tags": tags, **shown, "version": version} if version else None
    return Operation(kind, sent, sent + 1, status, body, argument, shown.pop("only_if", None))


CREATED = op("create", 0, 201, 1, TASK)
RETITLED = op("change", 2, 200, 2, {"title": "b"}, title="b")
DONE = op("change", 2, 200, 3, {"completed": True}, title="b", completed=True)
LINKED = op("link", 5, 200, 4, "t", title="b", completed=True, tags=["t"])


@pytest.mark.parametrize(
    "history",
    [
        [CREATED, RETITLED, DONE, LINKED],
        [LINKED, DONE, RETITLED, CREATED],
        [CREATED, RETITLED, op("change", 9, 200, 2, {"title": "b"}, title="b"), op("read", 9, 200, 2, title="b")],
        [CREATED, op("toggle", 2, 200, 2, completed=True), op("toggle", 2, 200, 3)],
        [CREATED, op("delete", 2, 204), op("delete", 2, 404), op("read", 2, 200, 1), op("read", 4, 404)],
        [CREATED, op("delete", 2, 204), op("restore", 4, 200, 2), op("restore", 4, 404), op("delete", 6, 204)],
        [CREATED, RETITLED, Operation("change", 2, 3, 412, None, {"title": "c"}, only_if=1)],
        [CREATED, op("change", 2, 409, 0, {"name": "taken"})],
    ],
)
def test_history_that_a_serial_order_explains_has_no_fault(history: list[Operation]) -> None:
    assert list(faults(history)) == []


@pytest.mark.parametrize(
    ("history", "fault"),
    [
        (
            [CREATED, RETITLED, op("change", 2, 200, 3, {"completed": True}, completed=True)],
            "version 3 is not made by one operation of version 2",  # the title is lost
        ),
        ([CREATED, DONE], "version 2 was written and never acknowledged"),
        ([CREATED, RETITLED, op("read", 9, 200, 1)], "version 1 was answered to a read after version 2"),
        ([CREATED, RETITLED, op("read", 2, 200, 2)], "version 2 was answered in different states"),
        (
            [CREATED, op("toggle", 2, 200, 2, completed=True), op("toggle", 2, 200, 2, completed=True)],
            "version 2 is not made by one operation of version 1",  # two effects, one version
        ),
        (
            [CREATED, op("read", 4, 200, 2, completed=True)],
            "version 2 is not made by one operation of version 1",  # nobody made it
        ),
        ([op("read", 4, 200, 1)], "version 1 is not made by one operation of version 0"),
        (
            [CREATED, Operation("change", 2, 3, 200, {**TASK, "title": "c", "version": 2}, {"title": "c"}, only_if=4)],
            "version 2 is not made by one operation of version 1",  # of another version than If-Match allows
        ),
        ([CREATED, Operation("change", 2, 3, 412, None, {}, only_if=1)], "a change of version 1 was refused"),
        ([CREATED, op("read", 2, 404)], "a read was answered 404, against the deletions"),
        ([CREATED, op("read", 2, 404), op("delete", 4, 204)], "a read was answered 404, against the deletions"),
        (
            [CREATED, op("delete", 2, 204), op("read", 4, 200, 1)],
            "a read was answered 200, against the deletions",
        ),
        (
            [CREATED, op("delete", 2, 204), op("delete", 4, 204)],
            "a delete was answered 204, against the deletions",
        ),
        ([CREATED, op("delete", 2, 204), op("restore", 4, 404)], "a restore was answered 404, against the deletions"),
        ([CREATED, op("restore", 4, 200, 2)], "a restore was answered 200, against the deletions"),
    ],
)
def test_history_that_no_serial_order_explains_has_this_fault(history: list[Operation], fault: str) -> None:
    (found,) = faults(history)
    assert found.startswith(fault)
