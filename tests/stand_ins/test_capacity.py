"""The capacity that responses report; `tools.measure.capacity` computes it instead, because of what this shows."""

from collections.abc import Mapping
from typing import Any

from lambdo.table import calls, writes
from lambdo.table.wire import dump
from tests.support.stand_in import Agrees, StandIn, with_transactions

IN_EVERY_INDEX = {f"lsi{number}sk": "K" for number in range(1, 6)}


def consumed(stand_in: StandIn, operation: str, **arguments: Any) -> Any:
    return stand_in.call(operation, ReturnConsumedCapacity="TOTAL", **arguments)["ConsumedCapacity"]["CapacityUnits"]


def units(answer: Mapping[str, Any]) -> object:
    """Return the units of all tables, or `not reported`."""
    return sum(one["CapacityUnits"] for one in answer.get("ConsumedCapacity", ())) or "not reported"


def test_capacity_of_reads_is_that_of_the_items(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    for sk in "ABC":
        calls.put({"pk": pk, "sk": sk, "lsi1sk": sk, "x": "x" * 3000})
    calls.put({"pk": pk, "sk": "LARGE", "x": "x" * 9000})

    def query(pk: str, **more: Any) -> Any:
        values = dump({":pk": pk, ":a": "A", ":c": "C"})
        sort_key = "lsi1sk" if "IndexName" in more else "sk"
        condition = f"pk = :pk AND {sort_key} BETWEEN :a AND :c"
        return consumed(stand_in, "query", KeyConditionExpression=condition, ExpressionAttributeValues=values, **more)

    def get(sk: str, **more: Any) -> Any:
        return consumed(stand_in, "get_item", Key=dump({"pk": pk, "sk": sk}), **more)

    strong = {"ConsistentRead": True}
    agrees(
        {
            "strong read of 9 KB": get("LARGE", **strong),
            "eventual read of 9 KB": get("LARGE"),
            "strong read of no item": get("Z", **strong),
            "eventual read of no item": get("Z"),
            "strong query of 9 KB": query(pk, **strong),
            "strong query of 9 KB in an index": query(pk, IndexName="lsi1", **strong),
            "eventual query of 9 KB": query(pk),
            "strong query of nothing": query(f"{pk} nobody", **strong),
            "eventual query of nothing": query(f"{pk} nobody"),
        },
        {
            "strong read of 9 KB": 3.0,
            "eventual read of 9 KB": 1.5,
            "strong read of no item": 1.0,
            "eventual read of no item": 0.5,
            "strong query of 9 KB": 3.0,
            "strong query of 9 KB in an index": 3.0,
            "eventual query of 9 KB": 1.5,
            "strong query of nothing": 1.0,
            "eventual query of nothing": 0.5,
        },
    )


def test_capacity_of_writes_is_that_of_the_items_and_the_indexes(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    def put(sk: str, **attributes: Any) -> Any:
        return consumed(stand_in, "put_item", Item=dump({"pk": pk, "sk": sk, **attributes}))

    def delete(sk: str) -> Any:
        return consumed(stand_in, "delete_item", Key=dump({"pk": pk, "sk": sk}))

    key, moved = dump({"pk": pk, "sk": "MOVED"}), dump({":k": "L"})
    put("MOVED", lsi1sk="K", lsi2sk="K")
    update = {"Key": key, "UpdateExpression": "SET lsi1sk = :k", "ExpressionAttributeValues": moved}
    agrees(
        {
            "put of 3 KB": put("A", x="x" * 2500),
            "put over 3 KB": put("A"),
            "put into five indexes": put("B", **IN_EVERY_INDEX),
            "the same put again": put("B", **IN_EVERY_INDEX),
            "update that moves an item in one of two indexes": consumed(stand_in, "update_item", **update),
            "delete from five indexes": delete("B"),
            "delete of no item": delete("Z"),
        },
        {
            "put of 3 KB": 3.0,
            "put over 3 KB": 3.0,
            "put into five indexes": 6.0,
            "the same put again": 1.0,
            "update that moves an item in one of two indexes": 4.0,
            "delete from five indexes": 6.0,
            "delete of no item": 1.0,
        },
    )


def test_capacity_of_batches_is_the_sum(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    puts = {stand_in.table: [{"PutRequest": {"Item": dump({"pk": pk, "sk": sk})}} for sk in "AB"]}
    keys = {stand_in.table: {"Keys": [dump({"pk": pk, "sk": sk}) for sk in "AZ"], "ConsistentRead": True}}
    written = stand_in.client.batch_write_item(RequestItems=puts, ReturnConsumedCapacity="TOTAL")
    read = stand_in.client.batch_get_item(RequestItems=keys, ReturnConsumedCapacity="TOTAL")
    agrees({"put of two items": units(written), "read of an item and of none": units(read)}, 2.0)


@with_transactions
def test_capacity_of_transactions_is_double(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    calls.put({"pk": pk, "sk": "C"})
    items = stand_in.transaction(
        writes.put({"pk": pk, "sk": "A"}), writes.check(pk, "C"), writes.delete(pk, "Z", condition=None)
    )
    answer = stand_in.client.transact_write_items(TransactItems=items, ReturnConsumedCapacity="TOTAL")
    agrees({"a put, a check, and a delete of no item": units(answer)}, 6.0)
