"""Calls to DynamoDB. Entities live in the other files of this folder, what all calls to AWS share in `aws`.

Items are plain dicts of str, int, bool, frozenset of str, list and dict; None is left out. Every operation meters its capacity units
and raises `ServiceUnavailable` when the time for its retries is spent.
"""

import random
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any, Final

from lambdo.base import ids, settings
from lambdo.base.metering import meter
from lambdo.base.problems import ServiceUnavailable, StorageFull
from lambdo.table import aws, writes
from lambdo.table.error_codes import Meaning
from lambdo.table.wire import Item, dump, load
from lambdo.table.writes import Write, key_of

BATCH_ATTEMPTS: Final = 5


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
    """A transaction was cancelled by a condition; `currents` has the standing item (or None) of each failed write."""

    def __init__(self, currents: dict[int, Item | None]) -> None:
        super().__init__(f"the conditions of writes {sorted(currents)} did not hold")
        self.currents = currents


class CompanionRefusedError(Exception):
    """A write's companion found another state; `current` is the item that stands there, or None if that is being written."""

    def __init__(self, current: Item | None) -> None:
        super().__init__("the condition of a write's companion did not hold")
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


def put(item: Item) -> None:
    """Create an item under a key that is made for it; raises ConditionFailedError if another stands there. One call.

    Nobody else can have created it, so one that an attempt finds after another is our own, changed by others or not.
    """
    try:
        _write("put_item", writes.create(item))
    except ConditionFailedError as error:
        if not error.was_sent_before:
            raise


def replace(item: Item) -> None:
    """Put the item, whatever stands under its key. One call."""
    _write("put_item", writes.put(item))


def update(write: Write) -> None:
    """Carry out an update; raises ConditionFailedError with the standing item. One call."""
    _write("update_item", write)


def update_and_get(write: Write) -> Item:
    """Carry out an update and return the whole new item; raises ConditionFailedError with the standing one. One call.

    It takes no companion: that would have to know the new item before.
    """
    return load(_call("update_item", ReturnValues="ALL_NEW", **write.arguments)["Attributes"])


def delete(write: Write) -> None:
    """Carry out a delete; raises ConditionFailedError if its condition does not hold. One call.

    An attempt that finds nothing after another has probably been preceded by its own success, so that is one.
    """
    try:
        _write("delete_item", write)
    except ConditionFailedError as error:
        if error.current is not None or not error.was_sent_before:
            raise


def delete_all(pk: str, sort_keys: Collection[str]) -> None:
    """Delete the items, in any order, without conditions. One call for each 25; with a companion one transaction."""
    if writes.companion.get() is not None:
        transact(*(writes.delete(pk, sk, condition=None) for sk in sort_keys))
        return
    for some in batched(sort_keys, 25, strict=False):
        requests = [{"DeleteRequest": {"Key": key_of(pk, sk)}} for sk in some]
        for _ in _retry_rest("batch_write_item", "UnprocessedItems", requests):
            pass


def transact(*all_writes: Write) -> None:
    """Carry out all the writes or none, their companion with them. One call.

    An attempt that is repeated, by botocore or here, has one effect: all bear the same token.

    Raises
    ------
    TransactionRefusedError
        If a condition does not hold.
    CompanionRefusedError
        If their companion's does not hold, or it is being written at this moment.
    """
    companion = writes.companion.get()
    if companion is not None:
        all_writes = (*all_writes, companion.write)
    table_name = settings.table_name()
    items = [{write.kind: {"TableName": table_name, **write.arguments}} for write in all_writes]
    try:
        _call("transact_write_items", table=False, TransactItems=items, ClientRequestToken=ids.new_id())
    except TransactionRefusedError as error:
        if companion is not None and len(items) - 1 in error.currents:
            raise CompanionRefusedError(error.currents[len(items) - 1]) from error
        raise
    except ServiceUnavailable as error:
        if companion is not None and _last_reason(error.__cause__) == "TransactionConflict":
            raise CompanionRefusedError(None) from error
        raise
    if companion is not None:
        companion.carried = True


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


def _write(operation: str, write: Write) -> None:
    """Carry out one write, in a transaction with its companion where it has one; raises ConditionFailedError."""
    if writes.companion.get() is None:
        _call(operation, **write.arguments)
        return
    try:
        transact(write)
    except TransactionRefusedError as error:
        raise ConditionFailedError(error.currents[0]) from error


def _call(operation: str, *, table: bool = True, **arguments: Any) -> dict[str, Any]:
    if table:
        arguments["TableName"] = settings.table_name()
    try:
        answer = aws.call("dynamodb", operation, ReturnConsumedCapacity="TOTAL", **arguments)
    except aws.AwsError as error:
        match error.meaning:
            case Meaning.CONDITION if refused := _refused(error.reasons):
                raise refused from error
            case Meaning.CONDITION:
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
    name = settings.table_name()
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


def _refused(reasons: Sequence[Mapping[str, Any]]) -> TransactionRefusedError | None:
    """Return the failed conditions of a cancelled transaction; None if it was cancelled by something else."""
    failed = [i for i, reason in enumerate(reasons) if reason["Code"] == "ConditionalCheckFailed"]
    currents = {i: load(reasons[i]["Item"]) if "Item" in reasons[i] else None for i in failed}
    return TransactionRefusedError(currents) if failed else None


def _count(answer: Mapping[str, Any]) -> None:
    consumed = answer.get("ConsumedCapacity", [])
    meter.calls += 1
    for one in consumed if isinstance(consumed, list) else [consumed]:
        meter.units += one["CapacityUnits"]
