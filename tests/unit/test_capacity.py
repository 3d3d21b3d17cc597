"""The rules of capacity, on the examples of AWS's own pages (named in tools/measure/capacity.py)."""

from typing import Any

import pytest

from tools.measure.capacity import failed_charge, item_size, read_charge, units, write_charge

KB = 1024
KEY = {"pk": {"S": "k"}}  # 3 bytes


def item(size: float, **keys: str) -> dict[str, Any]:
    """Return an item of so many bytes."""
    fixed = {**KEY, **{name: {"S": value} for name, value in keys.items()}}
    return {**fixed, "a": {"S": "x" * (int(size) - item_size(fixed) - 1)}}


def batch(*items: Any, wanted: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"RequestItems": {"t": {"Keys": [KEY] * wanted, "ConsistentRead": True}}}, {"Responses": {"t": list(items)}}


@pytest.mark.parametrize(("value", "size"), [
    ({"S": "é"}, 2), ({"S": ""}, 0), ({"BOOL": True}, 1), ({"NULL": True}, 1), ({"SS": ["ab", "c"]}, 3), ({"N": "0"}, 1),
    ({"N": "7"}, 2), ({"N": "27"}, 2), ({"N": "-27"}, 3), ({"N": "100"}, 2), ({"N": "12345"}, 4), ({"L": []}, 3),
    ({"L": [{"S": "ab"}]}, 6), ({"M": {}}, 3), ({"M": {"k": {"S": "ab"}}}, 7),
])  # fmt: skip
def test_size_is_that_of_name_and_value(value: Any, size: int) -> None:
    assert item_size({"né": value}) == 3 + size


def test_unknown_type_has_no_size() -> None:
    with pytest.raises(ValueError, match="type B"):
        item_size({"a": {"B": "x"}})


@pytest.mark.parametrize(
    ("size", "read", "write"), [(0, 1, 1), (1, 1, 1), (1024, 1, 1), (1025, 1, 2), (4096, 1, 4), (4097, 2, 5)]
)
def test_each_begun_unit_counts(size: int, read: int, write: int) -> None:
    assert (units(size, 4 * KB), units(size, KB)) == (read, write)


@pytest.mark.parametrize(("size", "strong"), [(3.5 * KB, 1), (10 * KB, 3), (8 * KB, 2)])
def test_get_is_rounded_up_and_half_if_eventual(size: float, strong: int) -> None:
    assert read_charge("GetItem", {"ConsistentRead": True}, {"Item": item(size)}) == strong
    assert read_charge("GetItem", {}, {"Item": item(size)}) == strong / 2


def test_what_is_not_there_is_charged_for() -> None:
    assert read_charge("GetItem", {"ConsistentRead": True}, {}) == 1
    assert read_charge("Query", {}, {"Items": []}) == 0.5
    assert read_charge("BatchGetItem", *batch(item(10), wanted=3)) == 3


def test_batch_rounds_each_item() -> None:
    assert read_charge("BatchGetItem", *batch(item(1.5 * KB), item(6.5 * KB), wanted=2)) == 3


def test_query_rounds_the_sum() -> None:
    strong = {"ConsistentRead": True}
    assert read_charge("Query", strong, {"Items": [item(4.08 * KB)] * 10}) == 11
    assert read_charge("Query", strong, {"Items": [item(64)] * 1500}) == 24


def test_query_that_filters_is_not_known_here() -> None:
    with pytest.raises(ValueError, match="charged for more"):
        read_charge("Query", {"FilterExpression": "x"}, {"Items": []})


def test_write_counts_the_larger_of_before_and_after() -> None:
    assert write_charge(None, item(1.6 * KB), []) == 2
    assert write_charge(item(3 * KB), item(100), []) == 3
    assert write_charge(item(100), item(3 * KB), []) == 3
    assert write_charge(item(1.6 * KB), None, []) == 2
    assert write_charge(None, None, []) == 1


@pytest.mark.parametrize(("before", "after", "index"), [
    (None, item(500, i="A"), 1),  # put
    (item(500), item(500, i="A"), 1),  # put
    (item(500, i="A"), item(500, i="B"), 2),  # its key moves: a delete and a put
    (item(500, i="A"), item(500), 1),  # delete
    (item(500, i="A"), None, 1),  # delete
    (item(500), item(600), 0),  # in the index neither before nor after
    (item(500, i="A"), item(600, i="A"), 1),  # another projected attribute changes
    (item(500, i="A"), item(500, i="A"), 0),
    (item(1500, i="A"), item(500, i="B"), 3),  # each with its own size
])  # fmt: skip
def test_write_counts_what_happens_in_each_index(before: Any, after: Any, index: int) -> None:
    assert write_charge(before, after, ["i"]) - write_charge(before, after, []) == index
    assert write_charge(before, after, ["i", "j"]) == write_charge(before, after, ["i"])


def test_failed_condition_costs_what_stands_there() -> None:
    assert failed_charge(None) == 1
    assert failed_charge(item(1 * KB)) == 1
    assert failed_charge(item(2 * KB)) == 2
