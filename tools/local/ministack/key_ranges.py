"""Finds the part of a partition that a key condition can hold for, by the order of its sort key.

A part that is too large is slow, and never wrong: MiniStack judges each item of it.
"""

import functools
from bisect import bisect_left, bisect_right
from typing import Any

from ministack.services import dynamodb

from tools.local.ministack.order import Entry

type Condition = tuple[str, str, tuple[str, ...]]  # name, operator, names of its values
type Token = tuple[str, str]

_MIRRORED = {"EQ": "EQ", "LT": "GT", "LE": "GE", "GT": "LT", "GE": "LE"}


def find_range(
    entries: list[Entry], condition: str, values: dict[str, Any], names: dict[str, str], sort_key: tuple[str, str]
) -> tuple[int, int]:
    """Return where the entries begin and end that can satisfy the condition on the sort key, given by name and type."""
    first, last = 0, len(entries)
    for name, operator, references in _read_conditions(condition):
        operands = [_read_operand(values.get(reference), sort_key[1]) for reference in references]
        if names.get(name, name) != sort_key[0] or None in operands:
            continue
        low, high = operands[0], operands[-1]
        if operator in {"EQ", "GE", "BETWEEN", "begins_with"}:
            first = max(first, bisect_left(entries, low, key=_read_sort_key))
        if operator == "GT":
            first = bisect_right(entries, low, key=_read_sort_key)
        if operator in {"EQ", "LE", "BETWEEN"}:
            last = bisect_right(entries, high, key=_read_sort_key)
        if operator == "LT":
            last = bisect_left(entries, high, key=_read_sort_key)
        if operator == "begins_with":
            last = bisect_left(entries, True, lo=first, key=lambda entry: not _read_sort_key(entry).startswith(low))
    return first, last


def _read_sort_key(entry: Entry) -> Any:
    return entry[0][0]


def _read_operand(value: Any, kind: str) -> Any:
    """Return the value as it is ordered, or None if it has another type than the key."""
    if not isinstance(value, dict) or list(value) != [kind] or not isinstance(value[kind], str):
        return None
    return dynamodb._sort_key_value(value, kind)


@functools.lru_cache(maxsize=1024)
def _read_conditions(expression: str) -> tuple[Condition, ...]:
    """Return the conditions that the expression joins by AND; none if it has any other part."""
    clauses = dynamodb._key_condition_clauses(dynamodb._tokenize(expression))
    conditions = [_read_condition(clause) for clause in clauses]
    return () if None in conditions else tuple(one for one in conditions if one)


def _read_condition(tokens: list[Token]) -> Condition | None:
    if len(tokens) > 2 and tokens[0][0] == "LPAREN" and tokens[-1][0] == "RPAREN":
        return _read_condition(tokens[1:-1])
    match tokens:
        case [("IDENT" | "NAME_REF", name), (operator, _), ("VALUE_REF", value)] if operator in _MIRRORED:
            return name, operator, (value,)
        case [("VALUE_REF", value), (operator, _), ("IDENT" | "NAME_REF", name)] if operator in _MIRRORED:
            return name, _MIRRORED[operator], (value,)
        case [("IDENT", function), ("LPAREN", _), (_, name), ("COMMA", _), ("VALUE_REF", value), ("RPAREN", _)]:
            return (name, "begins_with", (value,)) if function.lower() == "begins_with" else None
        case [("IDENT" | "NAME_REF", name), ("IDENT", word), ("VALUE_REF", low), ("IDENT", _), ("VALUE_REF", high)]:
            return (name, "BETWEEN", (low, high)) if word.upper() == "BETWEEN" else None
    return None
