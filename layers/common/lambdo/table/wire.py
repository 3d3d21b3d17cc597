"""Items in DynamoDB's wire form, and their size by AWS's rules."""

from collections.abc import Mapping
from typing import Any

type Item = dict[str, Any]


def dump(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item in DynamoDB's wire form, without values that are None or an empty set."""
    return {name: _dump(value) for name, value in item.items() if value is not None and value != frozenset()}


def load(item: Mapping[str, Any]) -> Item:
    """Return plain values for an item in DynamoDB's wire form."""
    # Most values are text, and a page of tasks has 200 of them: spare a call for each, here and in `size`.
    return {name: value["S"] if "S" in value else _load(value) for name, value in item.items()}


def size(item: Mapping[str, Any]) -> int:
    """Return the number of bytes that a plain item is charged for; those of numbers are approximate.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(
        len(name.encode()) + (len(value.encode()) if isinstance(value, str) else _size(value))
        for name, value in item.items()
    )


def _dump(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any plain value
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case frozenset():
            return {"SS": sorted(value)}
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
        case "SS":
            return frozenset(inner)
        case "L":
            return [_load(element) for element in inner]
        case "M":
            return load(inner)
    raise TypeError(f"an item holds the unknown type {kind}")


def _size(value: Any) -> int:  # noqa: ANN401 - any plain value
    match value:
        case bool():
            return 1
        case int():
            return len(str(abs(value))) // 2 + 2
        case str():
            return len(value.encode())
        case frozenset():
            return sum(map(_size, value))
        case list():
            return 3 + sum(1 + _size(element) for element in value)
        case dict():
            return 3 + sum(1 + len(name.encode()) + _size(inner) for name, inner in value.items())
    raise TypeError(f"{type(value).__name__} has no place in an item")
