"""Items in DynamoDB's wire form and back, and their size."""

from typing import Any

import pytest

from lambdo.table.wire import dump, load, size
from tools.measure.capacity import item_size


@pytest.mark.parametrize(("plain", "wire"), [
    ("x", {"S": "x"}),
    ("", {"S": ""}),
    (1, {"N": "1"}),
    (10**30, {"N": str(10**30)}),
    (True, {"BOOL": True}),
    ([], {"L": []}),
    (["x", [1], {"a": False}], {"L": [{"S": "x"}, {"L": [{"N": "1"}]}, {"M": {"a": {"BOOL": False}}}]}),
    ({}, {"M": {}}),
    (frozenset({"b", "a"}), {"SS": ["a", "b"]}),
])  # fmt: skip
def test_value_is_dumped_and_loaded(plain: Any, wire: Any) -> None:
    assert dump({"a": plain}) == {"a": wire}
    assert load({"a": wire}) == {"a": plain}


def test_none_is_left_out() -> None:
    assert dump({"a": None, "b": {"c": None}}) == {"b": {"M": {}}}


@pytest.mark.parametrize("value", [1.5, b"x", {"x"}, object(), ("x",)])
def test_value_of_another_type_has_no_place(value: Any) -> None:
    with pytest.raises(TypeError, match="has no place in an item"):
        dump({"a": value})


@pytest.mark.parametrize("wire", [{"B": b"x"}, {"NS": ["1"]}, {"NULL": True}])
def test_unknown_wire_type_raises_type_error(wire: Any) -> None:
    with pytest.raises(TypeError, match="unknown type"):
        load({"a": wire})


@pytest.mark.parametrize("plain", [
    {}, {"a": ""}, {"a": "x" * 1000}, {"é": "é😀"}, {"a": True, "b": False}, {"a": frozenset({"xyz"})},
    {"a": []}, {"a": ["x", {"b": "c"}]}, {"a": {"b": {"c": "d"}}}, {"a": 1}, {"a": 12}, {"a": 2**40},
], ids=str)  # fmt: skip
def test_size_is_what_the_rules_say_but_for_the_last_digit_of_numbers(plain: Any) -> None:
    assert 0 <= size(plain) - item_size(dump(plain)) <= 1
    if not any(isinstance(value, int) and not isinstance(value, bool) for value in plain.values()):
        assert size(plain) == item_size(dump(plain))


def test_size_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="has no place in an item"):
        size({"a": 1.5})
