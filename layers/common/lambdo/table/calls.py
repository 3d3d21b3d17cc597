"""Calls to DynamoDB. What all calls to AWS share is in `aws`; what is stored, in each resource's own `store`.

Items are plain dicts of str, int, bool, frozenset of str, list and dict; None is left out. Every operation meters its capacity units
and raises `ServiceUnavailable` when the time for its retries is spent.
"""

import random
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any, Final

from lambdo.base import ids
from lambdo.base.metering import meter
from lambdo.base.problems import ServiceUnavailable, StorageFull
from lambdo.base.settings import settings
from lambdo.table import aws, writes
from lambdo.table.error_codes import Meaning
from lambdo.table.wire import Item, dump, load
from lambdo.table.writes import Companion, Write, key_of

BATCH_ATTEMPTS: Final = 5
_RECORD: Final = "record"  # the name of what proves a request, in a transaction


class ConditionFailedError(Exception):
    """A conditional write found another state.

    `current` is the item that stands there, or None. `was_sent_before` tells that it was not the first attempt, so that
    an earlier one may have been applied.
    """

    def __init__(self, current: Item | None, *, was_sent_before: bool = False) -> None:
        super().__init__("the condition of a write did not hold")
        self.current = current
        self.was_sent_before = was_sent_before


class TransactionRefusedError(Exception):
    """Conditions cancelled a transaction.

    `failed` has the names of the writes whose conditions did not hold, `currents` the standing item (or None) of each.
    """

    def __init__(self, currents: Mapping[str, Item | None]) -> None:
        super().__init__(f"the conditions of {sorted(currents)} did not hold")
        self.currents = currents
        self.failed = currents.keys()


class RecordRefusedError(Exception):
    """A request with the same key was faster; `current` is its record, or None if that is being written."""

    def __init__(self, current: Item | None) -> None:
        super().__init__("the record of another request stands there")
        self.current = current


def get(pk: str, sk: str, *, strong: bool = True) -> Item | None:
    """Return the item or None. One call; 1 RRU for each 4 KB begun, half of it if not strong."""
    answer = _call("get_item", Key=key_of(pk, sk), ConsistentRead=strong)
    return load(answer["Item"]) if "Item" in answer else None


def get_all(pk: str, sort_keys: Collection[str], *, strong: bool = True) -> list[Item]:
    """Return those of the items that exist, in any order. One call for each 100; as many RRU as single reads."""
    found: list[Item] = []
    for some in batched(sort_keys, 100, strict=False):
        wanted = {"Keys": [key_of(pk, sk) for sk in some], "ConsistentRead": strong}
        for items in _retry_rest("batch_get_item", "UnprocessedKeys", wanted):
            found += [load(item) for item in items]
    return found


def put(item: Item, record: Companion | None = None) -> None:
    """Create an item under a key that is made for it; raises ConditionFailedError if another stands there. One call.

    Nobody else can have created it, so one that an attempt finds after another is our own, changed by others or not.
    """
    try:
        _write("put_item", writes.create(item), record)
    except ConditionFailedError as error:
        if not error.was_sent_before:
            raise


def replace(item: Item, record: Companion | None = None) -> None:
    """Put the item, whatever stands under its key. One call."""
    _write("put_item", writes.put(item), record)


def update(write: Write, record: Companion | None = None) -> None:
    """Carry out an update; raises ConditionFailedError with the standing item. One call."""
    _write("update_item", write, record)


def update_and_get(write: Write) -> Item:
    """Carry out an update and return the whole new item; raises ConditionFailedError with the standing one. One call.

    It carries no record: that would have to know the new item before.
    """
    return load(_call("update_item", ReturnValues="ALL_NEW", **write.arguments)["Attributes"])


def delete(write: Write, record: Companion | None = None) -> None:
    """Carry out a delete; raises ConditionFailedError if its condition does not hold. One call.

    An attempt that finds nothing after another has probably been preceded by its own success, so that is one.
    """
    try:
        _write("delete_item", write, record)
    except ConditionFailedError as error:
        if error.current is not None or not error.was_sent_before:
            raise


def delete_all(pk: str, sort_keys: Collection[str], record: Companion | None = None) -> None:
    """Delete the items, in any order, without conditions. One call for each 25; with a record one transaction."""
    if record is not None:
        transact({sk: writes.delete(pk, sk, condition=None) for sk in sort_keys}, record)
        return
    for some in batched(sort_keys, 25, strict=False):
        requests = [{"DeleteRequest": {"Key": key_of(pk, sk)}} for sk in some]
        for _ in _retry_rest("batch_write_item", "UnprocessedItems", requests):
            pass


def transact(named: Mapping[str, Write], record: Companion | None = None) -> None:
    """Carry out all the writes or none, the record of the request with them. One call.

    An attempt that is repeated, by botocore or here, has one effect: all bear the same token.

    Parameters
    ----------
    named
        The writes, each by the name under which an error tells that it failed.

    Raises
    ------
    TransactionRefusedError
        If a condition does not hold.
    RecordRefusedError
        If the record's does not hold, or it is being written at this moment.
    """
    names, all_writes = [*named], [*named.values()]
    if record is not None:
        names, all_writes = [*names, _RECORD], [*all_writes, record.write]
    table_name = settings.table_name
    items = [{write.kind: {"TableName": table_name, **write.arguments}} for write in all_writes]
    try:
        _call("transact_write_items", table=False, TransactItems=items, ClientRequestToken=ids.new_id())
    except aws.AwsError as error:
        currents = _failed(error.reasons, names)
        if _RECORD in currents:
            raise RecordRefusedError(currents[_RECORD]) from error
        if error.meaning is Meaning.CONDITION:
            raise TransactionRefusedError(currents) from error
        raise
    except ServiceUnavailable as error:
        if record is not None and _last_reason(error.__cause__) == "TransactionConflict":
            raise RecordRefusedError(None) from error
        raise
    if record is not None:
        record.carried = True


def query(
    pk: str,
    between: tuple[str, str],
    *,
    index: str | None = None,
    limit: int | None = None,
    start: Item | None = None,
    descending: bool = True,
    strong: bool = True,
) -> tuple[list[Item], Item | None]:
    """Return items whose sort key (of the table or of the index) lies in the range, in order, and the key to go on after.

    One call, never more than 1 MB; 1 RRU for each 4 KB begun of all the items together.
    """
    arguments: dict[str, Any] = {
        "IndexName": index,
        "Limit": limit,
        "ExclusiveStartKey": dump(start) if start else None,
    }
    answer = _call(
        "query",
        KeyConditionExpression="pk = :pk AND #sk BETWEEN :low AND :high",
        ExpressionAttributeNames={"#sk": f"{index}sk" if index else "sk"},
        ExpressionAttributeValues=dump({":pk": pk, ":low": between[0], ":high": between[1]}),
        ConsistentRead=strong,
        ScanIndexForward=not descending,
        **{name: value for name, value in arguments.items() if value is not None},
    )
    last = answer.get("LastEvaluatedKey")
    return [load(item) for item in answer["Items"]], load(last) if last else None


def query_all(pk: str, between: tuple[str, str]) -> Iterator[Item]:
    """Yield every item in the range, in ascending order, read strongly. One call for each MB."""
    start: Item | None = None
    while True:
        items, start = query(pk, between, start=start, descending=False)
        yield from items
        if start is None:
            return


def _write(operation: str, write: Write, record: Companion | None) -> None:
    """Carry out one write, in a transaction with the request's record if it has one; raises ConditionFailedError."""
    try:
        if record is None:
            _call(operation, **write.arguments)
        else:
            transact({"write": write}, record)
    except TransactionRefusedError as error:
        raise ConditionFailedError(error.currents["write"]) from error


def _call(operation: str, *, table: bool = True, **arguments: Any) -> dict[str, Any]:
    if table:
        arguments["TableName"] = settings.table_name
    try:
        answer = aws.call("dynamodb", operation, ReturnConsumedCapacity="TOTAL", **arguments)
    except aws.AwsError as error:
        match error.meaning:
            case Meaning.CONDITION if not error.reasons:
                current = error.response.get("Item")
                raise ConditionFailedError(
                    load(current) if current else None, was_sent_before=error.was_sent_before
                ) from error
            case Meaning.FULL:
                raise StorageFull from error
        raise
    _count(answer)
    return answer


def _retry_rest(operation: str, rest: str, wanted: Any) -> Iterator[list[dict[str, Any]]]:  # noqa: ANN401 - a request
    """Make a batch call, again for what it left undone, and yield what each brought.

    Raises
    ------
    ServiceUnavailable
        If DynamoDB leaves something undone 5 times.
    """
    name = settings.table_name
    for attempt in range(BATCH_ATTEMPTS):
        answer = _call(operation, table=False, RequestItems={name: wanted})
        yield answer.get("Responses", {}).get(name, [])
        if name not in answer.get(rest, {}):
            return
        wanted = answer[rest][name]
        time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter
    raise ServiceUnavailable("throttled")


def _last_reason(error: BaseException | None) -> str | None:
    """Return what became of the last write of a cancelled transaction; None for any other error."""
    reasons = error.reasons if isinstance(error, aws.AwsError) else ()
    return reasons[-1]["Code"] if reasons else None


def _failed(reasons: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Item | None]:
    """Return the names of the writes whose conditions cancelled a transaction, with the item that stands there."""
    return {
        name: load(reason["Item"]) if "Item" in reason else None
        for name, reason in zip(names, reasons, strict=False)
        if reason["Code"] == "ConditionalCheckFailed"
    }


def _count(answer: Mapping[str, Any]) -> None:
    consumed = answer.get("ConsumedCapacity", [])
    meter.calls += 1
    for one in consumed if isinstance(consumed, list) else [consumed]:
        meter.units += one["CapacityUnits"]
