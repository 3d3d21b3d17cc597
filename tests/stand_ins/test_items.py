"""Single items: what is read is what was written, and what DynamoDB does not store."""

from typing import Any

import pytest

from lambdo.table import calls, writes
from lambdo.table.calls import ConditionFailedError
from lambdo.table.wire import Item, dump
from tests.support.stand_in import ACCEPTED, INVALID, REFUSED, Agrees, StandIn

BYTES = 400 * 1024  # of the largest item
OF_EVERY_TYPE: dict[str, Any] = {
    "text": 'é😀\x00"\\',
    "empty": "",
    "number": -12,
    "large": 10**37,
    "flag": False,
    "words": frozenset({"b", "a", "ä"}),
    "list": ["x", 1, [True], {"a": ""}, []],
    "map": {"a.b": {}, "c": "d"},
}
NUMBERS = {  # name -> (written, stored)
    "007": ("007", "7"),
    "1.0": ("1.0", "1"),
    "1.50": ("1.50", "1.5"),
    "1e3": ("1e3", "1000"),
    "38 digits": ("9" * 38, "as written"),
    "39 digits": ("9" * 39, INVALID),
    "1e126": ("1e126", INVALID),
    "NaN": ("NaN", INVALID),
    "1_0": ("1_0", INVALID),
    "an Arabic digit": ("٣", INVALID),
    "nothing": ("", INVALID),
}
KEYS: dict[str, dict[str, Any]] = {
    "half a key": {"pk": "x"},
    "more than a key": {"pk": "x", "sk": "A", "more": "B"},
    "a number as sort key": {"pk": "x", "sk": 1},
    "an empty sort key": {"pk": "x", "sk": ""},
    "no key": {},
}


@pytest.mark.parametrize("strong", [True, False])
def test_item_of_every_type_is_read_as_it_was_written(pk: str, strong: bool) -> None:
    calls.put({"pk": pk, "sk": "A", **OF_EVERY_TYPE})
    assert calls.get(pk, "A", strong=strong) == {"pk": pk, "sk": "A", **OF_EVERY_TYPE}


def test_item_that_does_not_exist_is_read_as_none(pk: str) -> None:
    assert calls.get(pk, "A") is None


def test_replacing_put_leaves_nothing_of_the_old_item(pk: str) -> None:
    calls.put({"pk": pk, "sk": "A", "n": 1})
    calls.replace({"pk": pk, "sk": "A", "m": 1})
    assert calls.get(pk, "A") == {"pk": pk, "sk": "A", "m": 1}


def test_refused_writes_return_the_item_that_exists(pk: str, agrees: Agrees) -> None:
    item = {"pk": pk, "sk": "A", "n": 1}
    calls.put(item)
    returned: dict[str, Item | None] = {}
    with pytest.raises(ConditionFailedError) as put:
        calls.put({**item, "n": 2})
    returned["put"] = put.value.current
    with pytest.raises(ConditionFailedError) as update:
        calls.update(writes.update(pk, "A", {"n": 2}, condition="n = :old", values={":old": 3}))
    returned["update"] = update.value.current
    with pytest.raises(ConditionFailedError) as delete:
        calls.delete(writes.delete(pk, "A", condition="n = :old", values={":old": 3}))
    returned["delete"] = delete.value.current
    assert calls.get(pk, "A") == item
    agrees({name: "the item" if one == item else "nothing" for name, one in returned.items()}, "the item")


def test_condition_on_an_item_that_does_not_exist_fails_and_creates_none(stand_in: StandIn, pk: str) -> None:
    with pytest.raises(ConditionFailedError) as update:
        calls.update(writes.update(pk, "A", {"n": 1}, condition=writes.EXISTS))
    with pytest.raises(ConditionFailedError) as delete:
        calls.delete(writes.delete(pk, "A"))
    assert (update.value.current, delete.value.current, stand_in.read(pk, "A")) == (None, None, None)
    calls.delete(writes.delete(pk, "A", condition=None))


def test_item_is_created_anew_only_over_an_expired_one(stand_in: StandIn, pk: str) -> None:
    item = {"pk": pk, "sk": "A", "expires_at": 4_000_000_000}
    stand_in.call("put_item", **writes.create_anew(item, 0).arguments)
    assert stand_in.outcome("put_item", **writes.create_anew(item, 3_999_999_999).arguments) == REFUSED
    assert stand_in.outcome("put_item", **writes.create_anew(item, 4_000_000_000).arguments) == ACCEPTED


def test_numbers_are_stored_in_one_form(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    seen = {}
    for name, (written, _) in NUMBERS.items():
        result = stand_in.outcome("put_item", Item={**dump({"pk": pk, "sk": "A"}), "n": {"N": written}})
        stored = stand_in.read(pk, "A")
        seen[name] = result if stored is None else "as written" if stored["n"]["N"] == written else stored["n"]["N"]
        calls.delete_all(pk, "A")  # moto cannot query what it should not have stored
    agrees(seen, {name: stored for name, (_, stored) in NUMBERS.items()})


def test_keys_that_are_not_valid_are_refused(stand_in: StandIn, agrees: Agrees) -> None:
    operations = {"read": "get_item", "delete": "delete_item"}
    agrees(
        {
            f"{verb}: {name}": stand_in.outcome(operation, Key=dump(key))
            for verb, operation in operations.items()
            for name, key in KEYS.items()
        },
        INVALID,
    )


def test_items_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    good = dump({"pk": pk, "sk": "A"})
    items: dict[str, dict[str, Any]] = {
        "an empty set": {**good, "x": {"SS": []}},
        "a set with an element twice": {**good, "x": {"SS": ["a", "a"]}},
        "a value of two types": {**good, "x": {"S": "a", "N": "1"}},
        "a value without a type": {**good, "x": {}},
        "no number within a map": {**good, "x": {"M": {"a": {"N": "x"}}}},
        "an empty partition key": {**good, "pk": {"S": ""}},
        "an empty sort key": {**good, "sk": {"S": ""}},
        "an empty index key": {**good, "lsi1sk": {"S": ""}},
        "a number as index key": {**good, "lsi1sk": {"N": "1"}},
        "no sort key": {"pk": {"S": pk}},
    }
    agrees({name: stand_in.outcome("put_item", Item=item) for name, item in items.items()}, INVALID)


def test_items_and_keys_have_a_largest_size(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    empty = len("pk" + pk + "sk" + "A" + "x")
    items = {
        "item of 400 KB": {"x": "x" * (BYTES - empty)},
        "item of 400 KB and a byte": {"x": "x" * (BYTES - empty + 1)},
        "partition key of 2,048 bytes": {"pk": pk.ljust(2048, "x")},
        "partition key of 2,049 bytes": {"pk": pk.ljust(2049, "x")},
        "sort key of 1,024 bytes": {"sk": "é" * 512},
        "sort key of 1,025 bytes": {"sk": "x" + "é" * 512},
        "index key of 1,024 bytes": {"lsi1sk": "x" * 1024},
        "index key of 1,025 bytes": {"lsi1sk": "x" * 1025},
    }
    seen = {
        name: stand_in.outcome("put_item", Item=dump({"pk": pk, "sk": "A", **attributes}))
        for name, attributes in items.items()
    }
    calls.replace({"pk": pk, "sk": "B", "x": "x" * (BYTES - 9_000)})
    growing = writes.update(pk, "B", {"y": "x" * 9_000}, condition=writes.EXISTS)
    seen["update that makes an item larger than 400 KB"] = stand_in.outcome("update_item", **growing.arguments)
    assert "y" not in stand_in.read(pk, "B")
    too_large = ("a byte", "2,049", "1,025", "larger")
    agrees(seen, {name: INVALID if any(word in name for word in too_large) else ACCEPTED for name in seen})


def test_values_are_returned_as_asked(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    key, old = dump({"pk": pk, "sk": "A"}), {"n": 1, "m": 1}
    update = {"Key": key, "UpdateExpression": "SET n = :n", "ExpressionAttributeValues": dump({":n": 2})}
    requests: dict[str, tuple[str, str, dict[str, Any], Any]] = {
        "old item of a put": ("put_item", "ALL_OLD", {"Item": {**key, **dump({"n": 2})}}, old),
        "old item of a delete": ("delete_item", "ALL_OLD", {"Key": key}, old),
        "old item of an update": ("update_item", "ALL_OLD", update, old),
        "new item of an update": ("update_item", "ALL_NEW", update, {"n": 2, "m": 1}),
        "changed attributes of an update": ("update_item", "UPDATED_NEW", update, {"n": 2}),
        "new item of a put": ("put_item", "ALL_NEW", {"Item": key}, INVALID),
        "new item of a delete": ("delete_item", "ALL_NEW", {"Key": key}, INVALID),
    }
    seen = {}
    for name, (operation, which, arguments, expected) in requests.items():
        calls.replace({"pk": pk, "sk": "A", **old})
        if expected == INVALID:
            seen[name] = stand_in.outcome(operation, ReturnValues=which, **arguments)
        else:
            attributes = stand_in.call(operation, ReturnValues=which, **arguments)["Attributes"]
            assert {name: value for name, value in attributes.items() if name not in key} == dump(expected), name
    agrees(seen, INVALID)
