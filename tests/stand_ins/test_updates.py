"""Update expressions: what they do, and which are refused."""

import re
from typing import Any

from lambdo.table import calls, writes
from lambdo.table.wire import dump
from tests.support.stand_in import ACCEPTED, INVALID, Agrees, StandIn

ITEM = {"n": 1, "t": "abc", "tags": frozenset({"a", "b"}), "l": [1], "m": {"a": 1}}
VALUES = dump({":one": 1, ":text": "x", ":empty": "", ":tags": frozenset({"a"}), ":more": [2]})
VALID = [
    "SET n = :one, t = :text REMOVE l ADD nope :one DELETE tags :tags",
    "REMOVE n SET t = :text",
    "set n = :one",
    "SET n = n + :one",
    "SET n = if_not_exists(nope, :one)",
    "SET l = list_append(l, :more)",
    "SET l[5] = :one",
    "SET t = :empty",
    "SET lsi1sk = :text",
    "ADD m.a :one",
    "ADD nope :tags",
    "REMOVE nope",
    "DELETE nope :tags",
]
INVALIDS = [
    "SET n == :one",
    "SET n = :one SET t = :text",
    "SET n = :one, n = :one",
    "SET n = :one ADD n :one",
    "SET n = :one REMOVE n",
    "SET m.a = :one, m = :one",
    "SET n = :one AND t = :text",
    "SET n = :one,",
    "SET",
    "",
    "PUT n = :one",
    "SET n = nope",
    "SET n = nope + :one",
    "SET n = n + :text",
    "SET nope.a = :one",
    "SET pk = :text",
    "REMOVE sk",
    "SET status = :one",
    "SET #undefined = :one",
    "SET n = :undefined",
    "SET lsi1sk = :one",
    "SET lsi1sk = :empty",
    "ADD t :one",
    "ADD n :text",
    "ADD n :tags",
    "ADD n.a :one",
    "DELETE n :one",
    "DELETE t :tags",
]


def update(stand_in: StandIn, pk: str, expression: str) -> str:
    """Update the item, with the values that the expression names."""
    values = {name: value for name, value in VALUES.items() if re.search(rf"{name}\b", expression)}
    more: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
    return stand_in.outcome("update_item", Key=dump({"pk": pk, "sk": "A"}), UpdateExpression=expression, **more)


def test_update_sets_adds_takes_out_and_removes(pk: str) -> None:
    calls.put({"pk": pk, "sk": "A", "n": 1, "tags": frozenset({"a", "b"}), "gone": "x"})
    write = writes.update(
        pk,
        "A",
        {"t": "x", "gone": None, "m": {"a": [1]}},
        add={"n": 2, "new": -1},
        remove={"tags": frozenset({"a", "z"})},
        condition=writes.EXISTS,
    )
    after = {"pk": pk, "sk": "A", "n": 3, "new": -1, "tags": frozenset({"b"}), "t": "x", "m": {"a": [1]}}
    assert calls.update_and_get(write) == after
    assert calls.get(pk, "A") == after


def test_set_disappears_with_its_last_element(pk: str) -> None:
    calls.put({"pk": pk, "sk": "A", "tags": frozenset({"a"})})
    write = writes.update(pk, "A", {}, remove={"tags": frozenset({"a"})}, condition=writes.EXISTS)
    assert calls.update_and_get(write) == {"pk": pk, "sk": "A"}
    assert calls.update_and_get(write) == {"pk": pk, "sk": "A"}


def test_update_creates_the_item_that_it_adds_to(pk: str) -> None:
    below = "attribute_not_exists(n) OR n < :most"
    calls.update(writes.update(pk, "A", {}, add={"n": 1}, condition=below, values={":most": 2}))
    assert calls.get(pk, "A") == {"pk": pk, "sk": "A", "n": 1}


def test_operands_are_those_before_the_update(stand_in: StandIn, pk: str) -> None:
    calls.put({"pk": pk, "sk": "A", "a": 1, "b": 2})
    assert update(stand_in, pk, "SET a = b, b = a") == ACCEPTED
    assert calls.get(pk, "A") == {"pk": pk, "sk": "A", "a": 2, "b": 1}


def test_sums_are_exact(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    sums = {  # name -> (number, what is added, sum)
        "decimals": ("0.1", "0.2", "0.3"),
        "16 digits": ("9" * 15, "1", f"1{'0' * 15}"),
        "38 digits": ("1" * 38, "1", f"{'1' * 37}2"),
    }
    seen = {}
    for name, (old, added, total) in sums.items():
        stand_in.call("put_item", Item={**dump({"pk": pk, "sk": "A"}), "n": {"N": old}})
        values = {":added": {"N": added}}
        key = dump({"pk": pk, "sk": "A"})
        stand_in.call("update_item", Key=key, UpdateExpression="ADD n :added", ExpressionAttributeValues=values)
        seen[name] = "exact" if stand_in.read(pk, "A")["n"]["N"] == total else "rounded"
    agrees(seen, "exact")


def test_valid_updates_are_carried_out(stand_in: StandIn, pk: str) -> None:
    for expression in VALID:
        calls.replace({"pk": pk, "sk": "A", **ITEM})
        assert update(stand_in, pk, expression) == ACCEPTED, expression


def test_updates_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    seen = {}
    for expression in INVALIDS:
        calls.replace({"pk": pk, "sk": "A", **ITEM})
        seen[f"`{expression}`" if expression else "nothing"] = update(stand_in, pk, expression)
    agrees(seen, INVALID)


def test_update_that_fails_half_way_changes_nothing(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    calls.put({"pk": pk, "sk": "A", **ITEM})
    expression = "SET n = :text ADD t :one"
    assert update(stand_in, pk, expression) == INVALID
    changed = stand_in.read(pk, "A")["n"] != {"N": "1"}
    agrees({f"`{expression}`, where `t` is a text": "half done" if changed else "nothing done"}, "nothing done")
