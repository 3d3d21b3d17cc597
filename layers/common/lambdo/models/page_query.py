"""Query parameters of lists, and their rules. No pydantic: lists are the most frequent reads, and the rules are few."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from lambdo.problems import InvalidFields

MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 20

# A function that reads a parameter's values or raises ValueError, the message for the error, and the JSON Schema.
type Rule = tuple[Callable[[Sequence[str]], Any], str, Mapping[str, Any]]


class PageQuery(NamedTuple):
    """The page size of a list without filters, and where the page starts."""

    limit: int
    cursor: str | None


def parse(parameters: Mapping[str, Sequence[str]]) -> PageQuery:
    """Read the parameters of a list that has no filters; raises like `read`."""
    values = read(parameters, PAGE_RULES)
    return PageQuery(values.get("limit", DEFAULT_LIMIT), values.get("cursor"))


def read(parameters: Mapping[str, Sequence[str]], rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Read query parameters, each a list of values; raises InvalidFields, which names each that breaks its rule."""
    errors: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    for name, texts in parameters.items():
        read_one, rule, _ = rules[name]
        try:
            values[name] = read_one(texts)
        except ValueError:
            errors.append({"loc": ["query", name], "msg": rule, "type": "query"})
    if errors:
        raise InvalidFields(errors=errors)
    return values


def _limit(texts: Sequence[str]) -> int:
    if not re.fullmatch("[1-9][0-9]{0,2}", texts[0]) or int(texts[0]) > MAX_LIMIT:
        raise ValueError
    return int(texts[0])


def _cursor(texts: Sequence[str]) -> str:
    return texts[0]


PAGE_RULES: Final[dict[str, Rule]] = {
    "limit": (
        _limit,
        f"Should be a number from 1 to {MAX_LIMIT}",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    "cursor": (_cursor, "", {"type": "string"}),
}
PARAMETERS: Final = frozenset(PAGE_RULES)
