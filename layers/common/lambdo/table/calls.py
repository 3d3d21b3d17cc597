"""Calls to DynamoDB. `aws` has the parts that all calls to AWS share; each resource's `store` defines its items.

Items are plain dicts of str, int, bool, frozenset of str, list and dict; None is left out. Every operation meters its
capacity units, and raises `ServiceUnavailable` if there is no time left for a retry.
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
_RECORD: Final = "record"  # the name of the idempotency record among the writes of a transaction


class ConditionFailedError(Exception):
    """The condition of a write did not hold.

    `current` is the item that exists under the key, or None. `was_sent_before` tells whether the write had been sent
    before, so that the earlier attempt may have been applied.
    """

    def __init__(self, current: Item | None, *, was_sent_before: bool = False) -> None:
        super().__init__("the condition of a write did not hold")
        self.current = current
        self.was_sent_before = was_sent_before


class TransactionRefusedError(Exception):
    """A transaction was cancelled because conditions did not hold.

    `failed` has the names of the writes whose conditions did not hold, `currents` the existing item (or None) of each.
    """

    def __init__(self, currents: Mapping[str, Item | None]) -> None:
        super().__init__(f"the conditions of {sorted(currents)} did not hold")
        self.currents = currents
        self.failed = currents.keys()


class RecordRefusedError(Exception):
    """Another request with the same key was faster; `current` is its record, or None if it is just being written."""

    def __init__(self, current: Item | None) -> None:
        super().__init__("the record of another request stands there")
        self.current = current


def get(pk: str, sk: str, *, strong: bool = True) -> Item | None:
    """Return the item, or None. One call; 1 RRU for each 4 KB begun, half of that if not strong."""
    answer = _call("get_item", Key=key_of(pk, sk), ConsistentRead=strong)
    return load(answer["Item"]) if "Item" in answer else None


def get_all(pk: str, sort_keys: Collection[str], *, strong: bool = True) -> list[Item]:
    """Return the items that exist, in any order. One call for each 100; as many RRU as single reads."""
    found: list[Item] = []
    for some in batched(sort_keys, 100, strict=False):
        wanted = {"Keys": [key_of(pk, sk) for sk in some], "ConsistentRead": strong}
        for items in _retry_rest("batch_get_item", "UnprocessedKeys", wanted):
            found += [load(item) for item in items]
    return found


def put(item: Item, record: Companion | None = None) -> None:
    """Create an item under a new key; raises ConditionFailedError if an item already exists under it. One call.

    No one else can create an item under this key. If a second attempt finds one, the first attempt created it, even if
    it has been changed since.
    """
    try:
        _write("put_item", writes.create(item), record)
    except ConditionFailedError as error:
        if not error.was_sent_before:
            raise


def replace(item: Item, record: Companion | None = None) -> None:
    """Put the item, replacing any item with the same key. One call."""
    _write("put_item", writes.put(item), record)


def update(write: Write, record: Companion | None = None) -> None:
    """Carry out an update; raises ConditionFailedError with the existing item. One call."""
    _write("update_item", write, record)


def update_and_get(write: Write) -> Item:
    """Carry out an update and return the whole new item; raises ConditionFailedError with the existing one. One call.

    It cannot carry a record, because the record would have to contain the new item before the write.
    """
    return load(_call("update_item", ReturnValues="ALL_NEW", **write.arguments)["Attributes"])


def delete(write: Write, record: Companion | None = None) -> None:
    """Carry out a delete; raises ConditionFailedError if its condition does not hold. One call.

    If a second attempt finds no item, the first one has probably deleted it, so this counts as success.
    """
    try:
        _write("delete_item", write, record)
    except ConditionFailedError as error:
        if error.current is not None or not error.was_sent_before:
            raise


def delete_all(pk: str, sort_keys: Collection[str], record: Companion | None = None) -> None:
    """Delete the items, in any order, without conditions. One call for each 25; with a record, one transaction."""
    if record is not None:
        transact({sk: writes.delete(pk, sk, condition=None) for sk in sort_keys}, record)
        return
    for some in batched(sort_keys, 25, strict=False):
        requests = [{"DeleteRequest": {"Key": key_of(pk, sk)}} for sk in some]
        for _ in _retry_rest("batch_write_item", "UnprocessedItems", requests):
            pass


def transact(named: Mapping[str, Write], record: Companion | None = None) -> None:
    """Carry out all the writes or none, together with the record of the request. One call.

    A transaction takes effect once, however often botocore or `aws` retries it: all attempts have the same token.

    Parameters
    ----------
    named
        The writes by name; an error names those that failed.

    Raises
    ------
    TransactionRefusedError
        If the condition of a write does not hold.
    RecordRefusedError
        If the record's condition does not hold, or another request is just writing the record.
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
    """Return items whose sort key (in the table or index) is in the range, in order, and the key to continue after.

    One call, at most 1 MB; 1 RRU for each 4 KB begun of all the items together.
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
    """Yield every item in the range, in ascending order, with strong reads. One call for each MB."""
    start: Item | None = None
    while True:
        items, start = query(pk, between, start=start, descending=False)
        yield from items
        if start is None:
            return


def _write(operation: str, write: Write, record: Companion | None) -> None:
    """Carry out one write, in a transaction with the request's record if there is one; raises ConditionFailedError."""
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
    """Make a batch call, repeat it for the unprocessed rest, and yield the items that each call returns.

    Raises
    ------
    ServiceUnavailable
        If DynamoDB leaves a rest unprocessed 5 times.
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
    """Return the cancellation reason of the last write of a transaction; None for any other error."""
    reasons = error.reasons if isinstance(error, aws.AwsError) else ()
    return reasons[-1]["Code"] if reasons else None


def _failed(reasons: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Item | None]:
    """Return the names of the writes whose conditions cancelled a transaction, with the existing item of each."""
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
