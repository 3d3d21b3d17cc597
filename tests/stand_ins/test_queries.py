"""Queries of the table and of each index: order, ranges, pages, and what is refused."""

from functools import cache
from typing import Any

import pytest

from lambdo.table import calls, writes
from lambdo.table.wire import Item, dump
from tests.support.stand_in import ACCEPTED, INVALID, Agrees, StandIn

EVERYTHING = ("A", "~")
NAMES = ["K0", "K1", "K2", "K3", "K4"]
INDEXES = [None, "lsi1", "lsi2", "lsi3", "lsi4", "lsi5"]
each_index = pytest.mark.parametrize("index", INDEXES)


def fill(pk: str, index: str | None) -> None:
    """Create five items that are in an index in another order than in the table, and one that is not in the index."""
    for number, name in enumerate(NAMES):
        calls.put({"pk": pk, "sk": f"K{4 - number}", f"{index}sk": name} if index else {"pk": pk, "sk": name})
    if index:
        calls.put({"pk": pk, "sk": "SPARSE"})


@cache
def filled(server: str, index: str | None) -> str:
    """Return a partition that was filled once, for the tests that only read; it is that of the server in use."""
    pk = f"read only, {index}"
    fill(pk, index)
    return pk


def shown(items: list[Item], index: str | None) -> list[str]:
    return [item[f"{index}sk" if index else "sk"] for item in items]


def outcome(stand_in: StandIn, pk: str, condition: str = "pk = :pk", **more: Any) -> str:
    """Query with a condition, and the values that it or a filter names."""
    values = {":pk": pk, ":a": "A", ":b": "B"}
    used = {name: value for name, value in values.items() if name in f"{condition}{more.get('FilterExpression')}"}
    return stand_in.outcome("query", KeyConditionExpression=condition, ExpressionAttributeValues=dump(used), **more)


@each_index
def test_pages_follow_the_order_and_the_last_one_has_no_key(stand_in: StandIn, index: str | None) -> None:
    pk = filled(stand_in.name, index)
    for descending in (False, True):
        pages: list[list[str]] = []
        start = None
        while start or not pages:
            items, start = calls.query(pk, EVERYTHING, index=index, limit=2, start=start, descending=descending)
            pages.append(shown(items, index))
        expected = NAMES[::-1] if descending else NAMES
        assert pages == [expected[:2], expected[2:4], expected[4:]]


@each_index
def test_query_continues_after_a_key_whose_item_is_gone(pk: str, index: str | None) -> None:
    fill(pk, index)
    for descending, expected in ((False, ["K2", "K3", "K4"]), (True, ["K2", "K0"])):
        _, last = calls.query(pk, EVERYTHING, index=index, limit=2, descending=descending)
        assert last
        calls.delete(writes.delete(pk, last["sk"]))
        items, _ = calls.query(pk, EVERYTHING, index=index, start=last, descending=descending)
        assert shown(items, index) == expected


@each_index
def test_query_starts_after_a_key_that_never_was(stand_in: StandIn, index: str | None) -> None:
    pk = filled(stand_in.name, index)
    start = {"pk": pk, "sk": "K1x", **({f"{index}sk": "K1x"} if index else {})}
    for descending, expected in ((False, ["K2", "K3", "K4"]), (True, ["K1", "K0"])):
        items, _ = calls.query(pk, EVERYTHING, index=index, start=start, descending=descending)
        assert shown(items, index) == expected


@each_index
def test_range_includes_both_ends(stand_in: StandIn, index: str | None) -> None:
    items, last = calls.query(filled(stand_in.name, index), ("K1", "K3"), index=index, descending=False)
    assert (shown(items, index), last) == (["K1", "K2", "K3"], None)


@each_index
def test_page_that_ends_with_the_last_item_has_a_key_to_start_after(
    stand_in: StandIn, agrees: Agrees, index: str | None
) -> None:
    pk = filled(stand_in.name, index)
    seen = {}
    for name, descending in (("ascending", False), ("descending", True)):
        _, last = calls.query(pk, EVERYTHING, index=index, limit=5, descending=descending)
        seen[name] = "a key" if last else "none"
        if last:
            assert calls.query(pk, EVERYTHING, index=index, start=last, descending=descending) == ([], None)
    agrees(seen, "a key")


def test_items_with_one_index_key_are_each_on_one_page(pk: str) -> None:
    for sk in ("K3", "K1", "K2", "K4"):
        calls.put({"pk": pk, "sk": sk, "lsi1sk": "SAME"})
    for descending in (False, True):
        first, last = calls.query(pk, EVERYTHING, index="lsi1", limit=3, descending=descending)
        rest, _ = calls.query(pk, EVERYTHING, index="lsi1", start=last, descending=descending)
        assert sorted(item["sk"] for item in first + rest) == ["K1", "K2", "K3", "K4"]


def test_order_is_that_of_bytes(pk: str) -> None:
    names = ["SZ", "Sa", "Sa\x00", "Sz", "Sé", "S\uffee", "S😀"]
    for name in reversed(names):
        calls.put({"pk": pk, "sk": name})
    assert shown(calls.query(pk, EVERYTHING, descending=False)[0], None) == names


def test_index_follows_updates(pk: str) -> None:
    fill(pk, "lsi1")
    calls.update(writes.update(pk, "K0", {"lsi1sk": "K9"}, condition=writes.EXISTS))
    calls.update(writes.update(pk, "K1", {"lsi1sk": None}, condition=writes.EXISTS))
    calls.delete(writes.delete(pk, "K2"))
    assert shown(calls.query(pk, EVERYTHING, index="lsi1", descending=False)[0], "lsi1") == ["K0", "K1", "K9"]


@pytest.mark.parametrize("index", [None, "lsi1"])
def test_query_of_more_than_1_mb_goes_on_after_its_page(pk: str, index: str | None) -> None:
    names = [f"K{number}" for number in range(4)]
    for name in names:
        calls.put({"pk": pk, "sk": name, "lsi1sk": name, "x": "x" * 390_000})
    first, last = calls.query(pk, EVERYTHING, index=index, descending=False)
    assert last
    rest, last = calls.query(pk, EVERYTHING, index=index, start=last, descending=False)
    assert (shown(first + rest, index), last) == (names, None)


def test_filter_is_applied_after_the_limit(stand_in: StandIn, pk: str) -> None:
    fill(pk, None)
    arguments = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": dump({":pk": pk, ":n": 1})}
    answer = stand_in.call("query", FilterExpression="n = :n", Limit=2, **arguments)
    assert (answer["Items"], answer["Count"], answer["ScannedCount"]) == ([], 0, 2)
    assert answer["LastEvaluatedKey"] == dump({"pk": pk, "sk": "K1"})


def test_count_and_projection_leave_out_what_is_not_asked_for(stand_in: StandIn, pk: str) -> None:
    calls.put({"pk": pk, "sk": "A", "n": 1, "m": {"a": 1, "b": 2}})
    arguments = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": dump({":pk": pk})}
    answer = stand_in.call("query", Select="COUNT", **arguments)
    assert ("Items" in answer, answer["Count"], answer["ScannedCount"]) == (False, 1, 1)
    answer = stand_in.call("query", ProjectionExpression="n, m.a, nope", **arguments)
    assert answer["Items"] == [dump({"n": 1, "m": {"a": 1}})]


def test_scan_pages_through_everything(stand_in: StandIn, pk: str) -> None:
    fill(pk, None)
    pages = [*stand_in.client.get_paginator("scan").paginate(TableName=stand_in.table, Limit=4, ConsistentRead=True)]
    keys = [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]
    assert [sk for its_pk, sk in keys if its_pk == pk] == NAMES
    assert len(set(keys)) == len(keys)
    assert all(len(page["Items"]) <= 4 for page in pages)


def test_key_conditions_that_are_valid_are_accepted(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    conditions = [
        "pk = :pk AND sk = :a",
        "sk >= :a AND pk = :pk",
        "(pk = :pk) AND (begins_with(sk, :a))",
        "pk=:pk and sk between :a and :b",
        ":pk = pk",
    ]
    agrees({f"`{one}`": outcome(stand_in, pk, one) for one in conditions}, ACCEPTED)


def test_key_conditions_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    conditions = [
        "pk = :pk OR sk = :a",
        "pk <> :pk",
        "pk > :pk",
        "sk = :a",
        "begins_with(pk, :pk)",
        "pk = :pk AND sk <> :a",
        "pk = :pk AND sk IN (:a, :b)",
        "pk = :pk AND NOT sk = :a",
        "pk = :pk AND contains(sk, :a)",
        "pk = :pk AND attribute_exists(sk)",
        "pk = :pk AND size(sk) > :a",
        "pk = :pk AND sk > :a AND sk < :b",
        "pk = :pk AND sk BETWEEN :b AND :a",
        "pk = :pk AND lsi1sk = :a",
        "pk = :pk AND",
        "pk == :pk",
    ]
    agrees({f"`{one}`": outcome(stand_in, pk, one) for one in conditions}, INVALID)


def test_queries_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    condition = "pk = :pk AND sk BETWEEN :a AND :b"
    values = {":pk": pk, ":a": "A", ":b": "B"}
    queries: dict[str, dict[str, Any]] = {
        "`Limit` 0": {"Limit": 0},
        "an index that does not exist": {"IndexName": "lsi9"},
        "a filter on the partition key": {"FilterExpression": "pk = :pk"},
        "a filter on the sort key": {"FilterExpression": "sk = :a"},
        "a filter on the index's sort key": {"FilterExpression": "lsi1sk = :a", "IndexName": "lsi1"},
    }
    seen = {name: outcome(stand_in, pk, **query) for name, query in queries.items()}
    bad_values: dict[str, dict[str, Any]] = {
        "an unused value": {":x": "x"},
        "an empty partition key": {":pk": ""},
        "a number as partition key": {":pk": 1},
        "numbers as sort keys": {":a": 1, ":b": 2},
    }
    for name, bad in bad_values.items():
        wrong = dump({**values, **bad})
        seen[name] = stand_in.outcome("query", KeyConditionExpression=condition, ExpressionAttributeValues=wrong)
    agrees(seen, INVALID)


def test_start_keys_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    of_table: dict[str, Item] = {
        "of another partition": {"pk": "other", "sk": "AA"},
        "outside the range": {"pk": pk, "sk": "~"},
        "without the sort key": {"pk": pk},
        "without the partition key": {"sk": "AA"},
        "with a number as sort key": {"pk": pk, "sk": 1},
        "with an empty sort key": {"pk": pk, "sk": ""},
        "with another attribute": {"pk": pk, "sk": "AA", "x": "x"},
        "of an index": {"pk": pk, "sk": "AA", "lsi1sk": "AA"},
        "without any attribute": {},
    }
    of_index: dict[str, Item] = {
        "of another partition": {"pk": "other", "sk": "AA", "lsi1sk": "AA"},
        "outside the range": {"pk": pk, "sk": "AA", "lsi1sk": "~"},
        "of the table": {"pk": pk, "sk": "AA"},
        "of another index": {"pk": pk, "sk": "AA", "lsi2sk": "AA"},
        "without the sort key": {"pk": pk, "lsi1sk": "AA"},
        "with a number as index key": {"pk": pk, "sk": "AA", "lsi1sk": 1},
    }

    def both(condition: str, start: Item, **more: str) -> str:
        """Return the outcome in either direction, which is the same."""
        arguments = {"ExclusiveStartKey": dump(start), **more}
        forwards, backwards = (
            outcome(stand_in, pk, condition, ScanIndexForward=way, **arguments) for way in (True, False)
        )
        assert forwards == backwards
        return forwards

    condition = "pk = :pk AND {} BETWEEN :a AND :b"
    agrees(
        {f"in the table, {name}": both(condition.format("sk"), start) for name, start in of_table.items()}
        | {
            f"in an index, {name}": both(condition.format("lsi1sk"), start, IndexName="lsi1")
            for name, start in of_index.items()
        },
        INVALID,
    )
