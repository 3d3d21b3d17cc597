"""The invariants of tools/operate, over a dump of the table as DynamoDB has it."""

from typing import Any

from lambdo.table import keys, wire
from tools.operate.invariants import find_violations


def uncounted(dump: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items but for the counters of throttles, which count what is refused as well."""
    return [item for item in dump if not item["pk"]["S"].startswith(keys.THROTTLES)]


def fsck(dump: list[dict[str, Any]]) -> None:
    """Raise AssertionError naming what breaks a rule."""
    items = sorted(map(wire.load, dump), key=lambda item: (item["pk"], item["sk"]))
    assert list(find_violations(items)) == []
