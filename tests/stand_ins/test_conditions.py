"""Condition expressions: which hold, and which are refused."""

import re
from typing import Any

from lambdo.table import calls
from lambdo.table.wire import dump
from tests.support.stand_in import ACCEPTED, INVALID, REFUSED, Agrees, StandIn

ITEM = {"n": 1, "t": "abc", "tags": frozenset({"a", "b"}), "l": [1], "m": {"a": 1}, "flag": True}
VALUES = {
    **dump({":a": "a", ":abc": "abc", ":abd": "abd", ":one": 1, ":two": 2, ":three": 3, ":text": "1", ":true": True}),
    ":N": {"S": "N"},
    ":tags": {"SS": ["b", "a"]},
    ":decimal": {"N": "1.0"},
}
HOLDS = [
    "attribute_exists(pk)",
    "attribute_not_exists(nope)",
    "attribute_exists(pk) AND attribute_not_exists(nope)",
    "n = :one",
    "n = :decimal",
    "n <> :text",
    "nope <> :one",
    "n < :two",
    "n >= :one",
    "n BETWEEN :one AND :two",
    "n IN (:three, :one)",
    "n = :one OR nope = :one AND nope = :two",
    "NOT nope = :one",
    "t < :abd",
    "contains(tags, :a)",
    "contains(t, :a)",
    "contains(l, :one)",
    "begins_with(t, :a)",
    "attribute_type(n, :N)",
    "size(t) = :three",
    "tags = :tags",
    "m.a = :one",
    "l[0] = :one",
    "flag = :true",
]
FAILS = [
    "attribute_not_exists(pk)",
    "attribute_exists(nope)",
    "n = :text",
    "n <> :one",
    "nope = :one",
    "nope < :one",
    "nope IN (:one)",
    "t < :one",
    "n IN (:two, :text)",
    "n = :one AND (t = :a OR nope = :a)",
    "contains(tags, :abc)",
    "contains(nope, :a)",
    "size(nope) = :one",
    "size(n) = :one",
    "m.b = :one",
]
INVALIDS = [
    "n == :one",
    "n != :one",
    "n = 1",
    "n = :one AND",
    "n = :one n",
    "(n = :one",
    "n",
    "n IN ()",
    "n BETWEEN :two AND :one",
    "nope(n)",
    "size(n)",
    "contains(n)",
    "attribute_exists(:one)",
    "attribute_exists(n) = :one",
    "attribute_type(n, :one)",
    "begins_with(t, :one)",
    "n = :undefined",
    "#undefined = :one",
    "status = :one",
    "",
]


def delete(stand_in: StandIn, pk: str, condition: str, **more: Any) -> str:
    """Delete the item under a condition, with the values that it names."""
    values = {name: value for name, value in VALUES.items() if re.search(rf"{name}\b", condition)}
    arguments = {"ExpressionAttributeValues": values, **more} if values else more
    return stand_in.outcome("delete_item", Key=dump({"pk": pk, "sk": "A"}), ConditionExpression=condition, **arguments)


def outcomes(stand_in: StandIn, pk: str, conditions: list[str]) -> dict[str, str]:
    """Return the outcome of deleting the item under each condition."""
    seen = {}
    for condition in conditions:
        calls.replace({"pk": pk, "sk": "A", **ITEM})
        seen[f"`{condition}`" if condition else "nothing"] = delete(stand_in, pk, condition)
    return seen


def test_conditions_that_hold_allow_the_write(stand_in: StandIn, pk: str) -> None:
    assert set(outcomes(stand_in, pk, HOLDS).items()) == {(f"`{one}`", ACCEPTED) for one in HOLDS}


def test_conditions_that_do_not_hold_prevent_the_write(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    agrees(outcomes(stand_in, pk, FAILS), REFUSED)


def test_conditions_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    agrees(outcomes(stand_in, pk, INVALIDS), INVALID)


def test_names_and_values_that_no_expression_uses_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    key, absent = dump({"pk": pk, "sk": "A"}), "attribute_not_exists(pk)"
    more: dict[str, dict[str, Any]] = {
        "a value": {"ConditionExpression": absent, "ExpressionAttributeValues": dump({":x": 1})},
        "a name": {"ConditionExpression": absent, "ExpressionAttributeNames": {"#x": "n"}},
        "values without an expression": {"ExpressionAttributeValues": dump({":x": 1})},
        "no names": {"ConditionExpression": absent, "ExpressionAttributeNames": {}},
        "no values": {"ConditionExpression": absent, "ExpressionAttributeValues": {}},
    }
    agrees({name: stand_in.outcome("delete_item", Key=key, **arguments) for name, arguments in more.items()}, INVALID)


def test_expressions_have_a_largest_size(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    def compare(count: int) -> str:
        values = {f":{number}": number for number in range(count)}
        condition = f"attribute_not_exists(pk) OR n IN ({', '.join(values)})"
        return delete(stand_in, pk, condition, ExpressionAttributeValues=dump(values))

    condition = "attribute_not_exists(pk)"
    seen = {
        "4,096 bytes": delete(stand_in, pk, condition.ljust(4096)),
        "4,097 bytes": delete(stand_in, pk, condition.ljust(4097)),
        "`IN` with 100 values": compare(100),
        "`IN` with 101 values": compare(101),
    }
    agrees(seen, dict(zip(seen, [ACCEPTED, INVALID] * 2, strict=True)))
