"""Batches of reads and of writes."""

from typing import Any

from lambdo.table import calls
from lambdo.table.wire import dump
from tests.support.stand_in import INVALID, Agrees, StandIn, outcome


def put(pk: str, sk: str, **attributes: Any) -> dict[str, Any]:
    return {"PutRequest": {"Item": dump({"pk": pk, "sk": sk, **attributes})}}


def delete(pk: str, sk: str) -> dict[str, Any]:
    return {"DeleteRequest": {"Key": dump({"pk": pk, "sk": sk})}}


def test_store_reads_and_deletes_110_items_in_batches(stand_in: StandIn, pk: str) -> None:
    names = [f"{number:03}" for number in range(110)]
    for start in range(0, 110, 22):
        requests = [put(pk, sk) for sk in names[start : start + 22]]
        stand_in.client.batch_write_item(RequestItems={stand_in.table: requests})
    assert sorted(item["sk"] for item in calls.get_all(pk, [*names, "nobody"])) == names
    calls.delete_all(pk, names)
    assert calls.get_all(pk, names) == []


def test_answer_of_a_batch_names_what_was_found_and_nothing_unprocessed(stand_in: StandIn, pk: str) -> None:
    answer = stand_in.client.batch_write_item(RequestItems={stand_in.table: [put(pk, "A"), delete(pk, "B")]})
    assert answer["UnprocessedItems"] == {}
    keys = [dump({"pk": pk, "sk": sk}) for sk in "AB"]
    answer = stand_in.client.batch_get_item(RequestItems={stand_in.table: {"Keys": keys, "ConsistentRead": True}})
    assert (answer["Responses"], answer["UnprocessedKeys"]) == ({stand_in.table: [dump({"pk": pk, "sk": "A"})]}, {})


def test_batches_of_keys_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    batches: dict[str, list[Any]] = {
        "101 keys": [{"pk": pk, "sk": f"{number}"} for number in range(101)],
        "a key twice": [{"pk": pk, "sk": "A"}] * 2,
        "half a key": [{"pk": pk}],
        "a number as sort key": [{"pk": pk, "sk": 1}],
        "an empty sort key": [{"pk": pk, "sk": ""}],
        "no key": [],
    }
    requests = {name: {"Keys": [dump(key) for key in keys]} for name, keys in batches.items()}
    seen = {
        name: outcome(stand_in.client, "batch_get_item", RequestItems={stand_in.table: request})
        for name, request in requests.items()
    }
    agrees(seen, INVALID)


def test_batches_of_writes_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    batches = {
        "26 writes": [put(pk, f"{number}") for number in range(26)],
        "an item put twice": [put(pk, "A"), put(pk, "A", n=1)],
        "an item put and deleted": [put(pk, "A"), delete(pk, "A")],
        "an item deleted twice": [put(pk, "0"), delete(pk, "A"), delete(pk, "A")],
        "an empty sort key": [put(pk, "A"), delete(pk, "")],
        "an item of more than 400 KB": [put(pk, "A"), put(pk, "B", x="x" * 400 * 1024)],
        "no write": [],
    }
    seen = {}
    for name, requests in batches.items():
        seen[name] = outcome(stand_in.client, "batch_write_item", RequestItems={stand_in.table: requests})
        if left := [item["sk"] for item in calls.query_all(pk, ("0", "~"))]:
            seen[name] += ", some written"
            calls.delete_all(pk, left)
    agrees(seen, INVALID)


def test_batches_of_keys_return_at_most_16_mb(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    names = [f"{number:02}" for number in range(43)]
    for sk in names:
        calls.replace({"pk": pk, "sk": sk, "x": "x" * 390_000})
    seen = {}
    for count in (5, 43):
        keys = [dump({"pk": pk, "sk": sk}) for sk in names[:count]]
        answer = stand_in.client.batch_get_item(RequestItems={stand_in.table: {"Keys": keys}})
        seen[f"{count} items of 390 KB"] = "some left" if answer["UnprocessedKeys"] else "all read"
    agrees(seen, {"5 items of 390 KB": "all read", "43 items of 390 KB": "some left"})
    assert sorted(item["sk"] for item in calls.get_all(pk, names[:5])) == names[:5]
    calls.delete_all(pk, names)
