"""The invariants of tools/operate, over a dump of the table as DynamoDB has it."""

from typing import Any

from lambdo.table import wire
from tools.operate.invariants import find_violations


def fsck(dump: list[dict[str, Any]]) -> None:
    """Raise AssertionError naming what breaks a rule."""
    items = sorted(map(wire.load, dump), key=lambda item: (item["pk"], item["sk"]))
    assert list(find_violations(items)) == []
