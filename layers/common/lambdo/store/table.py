"""Calls to DynamoDB and SSM: the only importer of botocore. Entities live in the other files of this folder.

Items are plain dicts of str, int, bool, list and dict; None is left out. Every operation meters its capacity units,
retries what may be retried inside the function's own time, and raises `ServiceUnavailable` when that is spent.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from lambdo import settings
from lambdo.metering import meter
from lambdo.problems import ServiceUnavailable

type Item = dict[str, Any]

# At worst 3 attempts x (1 s to connect + 2 s to read) + up to 3 s of back-off: inside the functions' 15 s.
CONFIG: Final = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}, tcp_keepalive=True
)
CONFLICT_RETRIES: Final = 3

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html: the ones that a later
# attempt may cure. botocore has retried most of them already when they get here.
_TRANSIENT: Final = frozenset({
    "InternalServerError", "LimitExceededException", "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ServiceUnavailable", "ThrottlingError",
    "ThrottlingException", "TransactionInProgressException",
})  # fmt: skip
_FAILED: Final = "ConditionalCheckFailed"


class ConditionFailedError(Exception):
    """A conditional write found another state; `current` is the item that stands there, or None."""

    def __init__(self, current: Item | None) -> None:
        super().__init__("the condition of a write did not hold")
        self.current = current


class TransactionRefusedError(Exception):
    """A transaction was cancelled by a condition; `currents` has the standing item (or None) of each failed write."""

    def __init__(self, currents: dict[int, Item | None]) -> None:
        super().__init__(f"the conditions of writes {sorted(currents)} did not hold")
        self.currents = currents


def get(pk: str, sk: str) -> Item | None:
    """Return the item, read strongly, or None. One call; 1 RRU for each 4 KB begun."""
    answer = _call("get_item", Key=_key(pk, sk), ConsistentRead=True)
    return load(answer["Item"]) if "Item" in answer else None


def put(item: Item) -> None:
    """Create the item; raises ConditionFailedError if another stands under its key. One call."""
    try:
        _call("put_item", Item=dump(item), **_CREATE)
    except ConditionFailedError as error:
        if error.current != _without_none(item):  # an own write that the SDK sent again is no conflict
            raise


def update(
    pk: str,
    sk: str,
    changes: Mapping[str, Any],
    *,
    condition: str,
    values: Mapping[str, Any] | None = None,
    counter: str | None = None,
) -> Item:
    """Set the given attributes (None removes), add 1 to the counter if one is named, and return the whole new item. One call.

    Parameters
    ----------
    condition
        A condition expression; its `:values` stand in `values`. Attribute names must not be reserved words.

    Raises
    ------
    ConditionFailedError
        With the standing item, when the condition does not hold.
    """
    names = {f"#{i}": name for i, name in enumerate(changes)}
    new_values = {f":{i}": value for i, value in enumerate(changes.values()) if value is not None}
    removes = [f"#{i}" for i, value in enumerate(changes.values()) if value is None]
    expression = "SET " + ", ".join(f"#{value[1:]} = {value}" for value in new_values)
    if removes:
        expression += " REMOVE " + ", ".join(removes)
    if counter:
        expression += f" ADD {counter} :one"
        new_values[":one"] = 1
    answer = _call(
        "update_item",
        Key=_key(pk, sk),
        UpdateExpression=expression,
        ConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=dump({**new_values, **(values or {})}),
        ReturnValues="ALL_NEW",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    return load(answer["Attributes"])


def delete(pk: str, sk: str, *, condition: str, values: Mapping[str, Any] | None = None) -> None:
    """Delete the item; raises ConditionFailedError if the condition does not hold. One call.

    A delete that the SDK had to send again may have been applied the first time: finding nothing is then success.
    """
    arguments: dict[str, Any] = {"ExpressionAttributeValues": dump(values)} if values else {}
    _call(
        "delete_item",
        Key=_key(pk, sk),
        ConditionExpression=condition,
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
        gone_after_retry_is_success=True,
        **arguments,
    )


def query(
    pk: str, prefix: str, *, index: str | None = None, limit: int, start: Item | None = None
) -> tuple[list[Item], Item | None]:
    """Return at most `limit` items whose sort key (of the table or of the index) begins with the prefix, and where to go on.

    The order is descending, the read strong. One call, never more than 1 MB.
    """
    arguments: dict[str, Any] = {"IndexName": index} if index else {}
    if start:
        arguments["ExclusiveStartKey"] = dump(start)
    answer = _call(
        "query",
        KeyConditionExpression="pk = :pk AND begins_with(#sk, :prefix)",
        ExpressionAttributeNames={"#sk": f"{index}sk" if index else "sk"},
        ExpressionAttributeValues=dump({":pk": pk, ":prefix": prefix}),
        ConsistentRead=True,
        ScanIndexForward=False,
        Limit=limit,
        **arguments,
    )
    last = answer.get("LastEvaluatedKey")
    return [load(item) for item in answer["Items"]], load(last) if last else None


def create_all(items: Sequence[Item]) -> None:
    """Create all the items or none; raises TransactionRefusedError if one of their keys is taken. One call.

    botocore sends a ClientRequestToken of its own with each call, so an attempt that it repeats has one effect.
    """
    writes = [{"Put": {"TableName": settings.table_name(), "Item": dump(item), **_CREATE}} for item in items]
    _call("transact_write_items", table=False, TransactItems=writes)


def parameter(name: str) -> str | None:
    """Return a decrypted SSM parameter, or None if there is none."""
    try:
        answer = _retry(lambda: _client("ssm").get_parameter(Name=name, WithDecryption=True))
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    return cast("str", answer["Parameter"]["Value"])


def put_parameter(name: str, value: str) -> None:
    """Store an SSM parameter encrypted under the account's default key."""
    _retry(lambda: _client("ssm").put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True))


def delete_parameter(name: str) -> None:
    """Delete an SSM parameter; one that is gone is fine."""
    try:
        _retry(lambda: _client("ssm").delete_parameter(Name=name))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise


def dump(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item in DynamoDB's wire form, without what is None."""
    return {name: _dump(value) for name, value in item.items() if value is not None}


def load(item: Mapping[str, Any]) -> Item:
    """Return an item of DynamoDB's wire form as plain values."""
    return {name: _load(value) for name, value in item.items()}


_CREATE: Final[dict[str, Any]] = {
    "ConditionExpression": "attribute_not_exists(pk)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


def _dump(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any plain value
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [_dump(element) for element in value]}
        case dict():
            return {"M": dump(value)}
    raise TypeError(f"{type(value).__name__} has no place in an item")


def _load(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any plain value
    ((kind, inner),) = value.items()
    match kind:
        case "S" | "BOOL":
            return inner
        case "N":
            return int(inner)
        case "L":
            return [_load(element) for element in inner]
        case "M":
            return load(inner)
    raise TypeError(f"an item holds the unknown type {kind}")


def _without_none(item: Item) -> Item:
    return {name: value for name, value in item.items() if value is not None}


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@cache
def _client(service: str) -> Any:  # noqa: ANN401 - botocore makes its methods at run time
    return _session().create_client(service, config=CONFIG)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _call(
    operation: str, *, table: bool = True, gone_after_retry_is_success: bool = False, **arguments: Any
) -> dict[str, Any]:
    if table:
        arguments["TableName"] = settings.table_name()
    method = getattr(_client("dynamodb"), operation)
    try:
        answer = _retry(lambda: method(ReturnConsumedCapacity="TOTAL", **arguments))
    except ClientError as error:
        response = cast("dict[str, Any]", error.response)
        match response["Error"]["Code"]:
            case "ConditionalCheckFailedException":
                current = response.get("Item")
                if current is None and gone_after_retry_is_success and response["ResponseMetadata"]["RetryAttempts"]:
                    return {}
                raise ConditionFailedError(load(current) if current else None) from error
            case "TransactionCanceledException":
                raise _refused(response["CancellationReasons"]) or error from error
        raise
    _count(answer)
    return answer


def _retry(attempt: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Make the call; repeat it after a transaction conflict, which botocore does not; map what is transient."""
    for retries_left in range(CONFLICT_RETRIES, -1, -1):
        try:
            return attempt()
        except (HTTPClientError, NoConnectionError) as error:
            raise ServiceUnavailable from error
        except ClientError as error:
            if _codes(error) & _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                raise ServiceUnavailable from error
            if not _is_conflict(error):
                raise
            if retries_left == 0:
                raise ServiceUnavailable from error
        time.sleep(random.uniform(0.02, 0.1))  # noqa: S311 - jitter
    raise AssertionError("unreachable")


def _codes(error: ClientError) -> set[str]:
    """Return the error's code and, for a cancelled transaction, the codes of its reasons."""
    reasons = error.response.get("CancellationReasons", [])
    return {error.response["Error"]["Code"], *(reason["Code"] for reason in reasons)}


def _is_conflict(error: ClientError) -> bool:
    """Tell whether another transaction held one of the items, and no condition had failed."""
    codes = _codes(error)
    return bool(codes & {"TransactionConflict", "TransactionConflictException"}) and _FAILED not in codes


def _refused(reasons: Sequence[Mapping[str, Any]]) -> TransactionRefusedError | None:
    """Return the failed conditions of a cancelled transaction; None if it was cancelled by something else."""
    failed = [i for i, reason in enumerate(reasons) if reason["Code"] == _FAILED]
    currents = {i: load(reasons[i]["Item"]) if "Item" in reasons[i] else None for i in failed}
    return TransactionRefusedError(currents) if failed else None


def _count(answer: Mapping[str, Any]) -> None:
    consumed = answer.get("ConsumedCapacity", [])
    meter.calls += 1
    for one in consumed if isinstance(consumed, list) else [consumed]:
        meter.units += one["CapacityUnits"]


_client("dynamodb")  # made while init has its burst of CPU, not in the first request
