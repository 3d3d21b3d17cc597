"""What DynamoDB charges for calls, by AWS's published rules, computed from the requests and the items that they touch.

The figures that emulators report are not used, because most emulators count reads at a flat rate; nor is the arithmetic
of `lambdo`.
Sources, under https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/:

- CapacityUnitCalculations.html: the size of an item;
- read-write-operations.html: 4 KB a read unit, 1 KB a write unit, when sizes are rounded, items that do not exist;
- LSI.html#LSI.ThroughputConsiderations: what a write costs in each index, and that an index is read like a table;
- transaction-apis.html#transaction-capacity-handling: twice, to prepare and to commit, condition checks too;
- WorkingWithItems.html#WorkingWithItems.ConditionalWrites.ReturnConsumedCapacity: a write whose condition failed.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

type WireItem = Mapping[str, Mapping[str, Any]]
type Standing = dict[str, WireItem | None]

READ_BYTES: Final = 4096
WRITE_BYTES: Final = 1024
INDEXES: Final = [f"lsi{number}sk" for number in range(1, 6)]


class Charge(NamedTuple):
    """The cost of a call in read and write request units; `reported` is the server's figure, for comparison."""

    operation: str
    read: float
    write: float
    failed: bool = False
    reported: float | None = None


def item_size(item: WireItem) -> int:
    """Return the size in bytes of an item in wire form: the names and values of its attributes."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def units(size: int, unit: int) -> int:
    """Return the number of units for a size, rounded up, and at least one."""
    return max(1, -(-size // unit))


def read_charge(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """Return the read units of a GetItem, BatchGetItem or Query; raises ValueError if the response cannot tell."""
    if operation == "GetItem":
        return units(item_size(answer.get("Item", {})), READ_BYTES) * _consistency(request)
    if operation == "Query":
        if {"FilterExpression", "ProjectionExpression", "Select"} & request.keys():
            raise ValueError("a query that drops items or attributes is charged for more than it answers")
        return units(sum(map(item_size, answer["Items"])), READ_BYTES) * _consistency(request)
    total = 0.0
    for table, wanted in request["RequestItems"].items():
        found = answer["Responses"].get(table, [])
        left = len(answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", []))
        sizes = [*map(item_size, found), *[0] * (len(wanted["Keys"]) - len(found) - left)]
        total += sum(units(size, READ_BYTES) for size in sizes) * _consistency(wanted)
    return total


def write_charge(before: WireItem | None, after: WireItem | None, indexes: Sequence[str]) -> int:
    """Return the write units of one item's change, in the table and in its indexes (their sort key attributes)."""
    table = units(max(item_size(before or {}), item_size(after or {})), WRITE_BYTES)
    return table + sum(_index_charge(before, after, key) for key in indexes)


def failed_charge(standing: WireItem | None) -> int:
    """Return the write units of a write whose condition did not hold: those of the existing item, without indexes."""
    return units(item_size(standing or {}), WRITE_BYTES)


class Recorder:
    """Records the charge of each call of a botocore client, in order; another client reads the items around writes."""

    def __init__(self, observer: Any, indexes: Sequence[str]) -> None:
        self.charges: list[Charge] = []
        self._observer = observer
        self._indexes = indexes

    @contextlib.contextmanager
    def listen(self, client: Any) -> Iterator["Recorder"]:
        """Record the client's calls within the with block."""
        handlers: dict[str, Callable[..., None]] = {
            "provide-client-params.dynamodb": self._before,
            "after-call.dynamodb": self._after,
        }
        for event, handler in handlers.items():
            client.meta.events.register(event, handler)
        try:
            yield self
        finally:
            for event, handler in handlers.items():
                client.meta.events.unregister(event, handler)

    @property
    def calls(self) -> list[str]:
        """The operations called, in order."""
        return [charge.operation for charge in self.charges]

    @property
    def read(self) -> float:
        """Read request units of all calls."""
        return sum(charge.read for charge in self.charges)

    @property
    def write(self) -> float:
        """Write request units of all calls."""
        return sum(charge.write for charge in self.charges)

    @property
    def failures(self) -> int:
        """How many calls failed."""
        return sum(charge.failed for charge in self.charges)

    def reset(self) -> None:
        """Forget the calls so far."""
        self.charges.clear()

    def _before(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["recorded"] = params, self._standing(_writes(model.name, params))

    def _after(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        params, before = context["recorded"]
        writes, failed, read, write = _writes(model.name, params), "Error" in parsed, 0.0, 0.0
        if writes and failed:
            write = sum(map(failed_charge, before.values()))
        elif writes:
            after = self._standing(writes)
            write = sum(write_charge(before[name], after[name], self._indexes) for name in before)
        elif not failed:
            read = read_charge(model.name, params, parsed)
        times = 2 if model.name == "TransactWriteItems" else 1
        self.charges.append(Charge(model.name, read, times * write, failed, _reported(parsed)))

    def _standing(self, writes: Sequence[tuple[str, WireItem]]) -> Standing:
        """Return the items that exist under the keys of the writes."""
        standing: Standing = {}
        for table, key in writes:
            answer = self._observer.get_item(TableName=table, Key=key, ConsistentRead=True)
            standing[json.dumps([table, key])] = answer.get("Item")
        return standing


def _reported(answer: Mapping[str, Any]) -> float | None:
    """Return the capacity units that a response reports, if it reports any."""
    consumed = answer.get("ConsumedCapacity") or []
    parts = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(part["CapacityUnits"] for part in parts)) if parts else None


def _writes(operation: str, request: Mapping[str, Any]) -> list[tuple[str, WireItem]]:
    """Return table and key of each item that a request writes or checks; none for a read."""
    reader = _WRITES.get(operation)
    return reader(request) if reader else []


def _key(write: Mapping[str, Any]) -> WireItem:
    key: WireItem = write["Key"] if "Key" in write else {name: write["Item"][name] for name in ("pk", "sk")}
    return key


def _single(request: Mapping[str, Any]) -> list[tuple[str, WireItem]]:
    return [(request["TableName"], _key(request))]


def _batch(request: Mapping[str, Any]) -> list[tuple[str, WireItem]]:
    return [
        (table, _key(next(iter(write.values()))))
        for table, writes in request["RequestItems"].items()
        for write in writes
    ]


def _transaction(request: Mapping[str, Any]) -> list[tuple[str, WireItem]]:
    actions = [next(iter(action.values())) for action in request["TransactItems"]]
    return [(action["TableName"], _key(action)) for action in actions]


_WRITES: Final[dict[str, Callable[[Mapping[str, Any]], list[tuple[str, WireItem]]]]] = {
    "PutItem": _single,
    "UpdateItem": _single,
    "DeleteItem": _single,
    "BatchWriteItem": _batch,
    "TransactWriteItems": _transaction,
}


def _consistency(request: Mapping[str, Any]) -> float:
    return 1.0 if request.get("ConsistentRead") else 0.5


def _index_charge(before: WireItem | None, after: WireItem | None, key: str) -> int:
    """Return the charge of one index: for a put, a delete, both if the index key moves, or an update of anything else.

    The entries of the index are whole items, because the indexes project all attributes.
    """
    old, new = (before if before and key in before else None), (after if after and key in after else None)
    if old == new:
        return 0
    sizes = [units(item_size(entry), WRITE_BYTES) for entry in (old, new) if entry]
    return max(sizes) if old and new and old[key] == new[key] else sum(sizes)


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, inner),) = value.items()
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            digits = inner.lstrip("-").replace(".", "").strip("0")
            return int(1 + -(-len(digits) // 2) + inner.startswith("-"))
        case "BOOL" | "NULL":
            return 1
        case "SS":
            return sum(len(element.encode()) for element in inner)
        case "L":
            return 3 + sum(1 + _value_size(element) for element in inner)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(element) for name, element in inner.items())
    raise ValueError(f"the size of type {kind} is not known here")
