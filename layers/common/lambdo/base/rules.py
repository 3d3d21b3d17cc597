"""Rules of query parameters, and how to make them. Without pydantic: lists are the hottest reads, the rules are few."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

# A function that reads a parameter's values or raises ValueError, the message for the error, and the JSON Schema.
type Rule = tuple[Callable[[Sequence[str]], Any], str, Mapping[str, Any]]


def one_of(rule: str, allowed: Mapping[str, Any]) -> Rule:
    """Return the rule of a parameter whose value must be one of the allowed words; each maps to its meaning."""

    def read(texts: Sequence[str]) -> Any:  # noqa: ANN401 - whatever a word means
        if texts[0] not in allowed:
            raise ValueError
        return allowed[texts[0]]

    return read, rule, {"type": "string", "enum": list(allowed)}
