"""Conditional writes as values: `calls` sends them one by one or in a transaction."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from lambdo.table.wire import Item, dump

EXISTS: Final = "attribute_exists(pk)"
LIVES: Final = "attribute_exists(pk) AND attribute_not_exists(deleted_at)"


class Write(NamedTuple):
    """One write: its kind in TransactWriteItems, and its arguments, which are the same in the single operations."""

    kind: Literal["Put", "Update", "Delete", "ConditionCheck"]
    arguments: dict[str, Any]


class Companion:
    """A write that accompanies others in a transaction, and whether it was done: a request's record (`records`)."""

    def __init__(self, write: Write) -> None:
        self.write = write
        self.carried = False


def create(item: Item) -> Write:
    """Put the item, if none exists under its key."""
    return Write("Put", {"Item": dump(item), **_condition("attribute_not_exists(pk)", None)})


def put(item: Item) -> Write:
    """Put the item, replacing any item with the same key."""
    return Write("Put", {"Item": dump(item)})


def create_anew(item: Item, now: int) -> Write:
    """Put the item, if none exists under its key or the existing one has expired by now (Unix seconds)."""
    condition = "attribute_not_exists(pk) OR expires_at <= :now"  # DynamoDB may delete it days later
    return Write("Put", {"Item": dump(item), **_condition(condition, {":now": now})})


def update(
    pk: str,
    sk: str,
    changes: Mapping[str, Any],
    *,
    condition: str,
    values: Mapping[str, Any] | None = None,
    add: Mapping[str, int] | None = None,
    remove: Mapping[str, frozenset[str]] | None = None,
) -> Write:
    """Set attributes (None removes one), add to numbers and take elements out of sets.

    Parameters
    ----------
    condition
        A condition expression; `values` has its `:values`. Attribute names must not be reserved words.
    """
    names: dict[str, str] = {}
    new_values: dict[str, Any] = {}
    clauses: dict[str, list[str]] = {}
    for clause, form, attributes in (
        ("SET", "{} = {}", changes),
        ("ADD", "{} {}", add or {}),
        ("DELETE", "{} {}", remove or {}),
    ):
        for name, value in attributes.items():
            key = f"#{len(names)}"
            names[key] = name
            if value is None or value == frozenset():
                clauses.setdefault("REMOVE", []).append(key)
            else:
                new_values[f":{key[1:]}"] = value
                clauses.setdefault(clause, []).append(form.format(key, f":{key[1:]}"))
    return Write(
        "Update",
        {
            "Key": key_of(pk, sk),
            "UpdateExpression": " ".join(f"{clause} {', '.join(parts)}" for clause, parts in clauses.items()),
            "ExpressionAttributeNames": names,
            **_condition(condition, {**new_values, **(values or {})}),
        },
    )


def delete(pk: str, sk: str, *, condition: str | None = EXISTS, values: Mapping[str, Any] | None = None) -> Write:
    """Delete the item; without a condition, this succeeds even if it does not exist."""
    return Write("Delete", {"Key": key_of(pk, sk), **(_condition(condition, values) if condition else {})})


def check(pk: str, sk: str, *, condition: str = EXISTS, values: Mapping[str, Any] | None = None) -> Write:
    """Change nothing, but make the transaction fail unless the condition holds."""
    return Write("ConditionCheck", {"Key": key_of(pk, sk), **_condition(condition, values)})


def key_of(pk: str, sk: str) -> dict[str, Any]:
    """Return the key in wire form."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _condition(condition: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return {**arguments, "ExpressionAttributeValues": dump(values)} if values else arguments
