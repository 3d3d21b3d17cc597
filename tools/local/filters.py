"""The filter language of event source mappings, as far as template.yaml uses it: exact strings, prefix, exists.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
"""

import json
from collections.abc import Mapping
from typing import Any

from tools.local.console import StartError

Pattern = dict[str, Any]


def read_patterns(criteria: Mapping[str, Any]) -> list[Pattern]:
    """Return the patterns of a FilterCriteria; raises StartError for one that is not supported here."""
    patterns = []
    for one in criteria.get("Filters", []):
        try:
            pattern = json.loads(one["Pattern"])
        except ValueError as error:
            raise StartError(f"FilterCriteria: {one['Pattern']} is not JSON: {error}.") from None
        _check(pattern, one["Pattern"])
        patterns.append(pattern)
    return patterns


def _check(node: object, text: str) -> None:
    match node:
        case dict():
            for child in node.values():
                _check(child, text)
        case list() if node and all(map(_is_known, node)):
            pass
        case _:
            raise StartError(
                f"FilterCriteria: {text} holds {json.dumps(node)}: make dev knows lists of exact strings, "
                '{"prefix": "..."} and {"exists": true}.'
            )


def _is_known(rule: object) -> bool:
    match rule:
        case str() | {"prefix": str()} | {"exists": True}:
            return not isinstance(rule, dict) or len(rule) == 1
    return False


def matches(pattern: Pattern, event: Mapping[str, Any]) -> bool:
    """Return whether the event has all that the pattern names; the pattern ignores everything else."""
    for name, wanted in pattern.items():
        value = event.get(name)
        if isinstance(wanted, dict):
            if not isinstance(value, dict) or not matches(wanted, value):
                return False
        elif isinstance(value, dict) or name not in event or not any(_fits(rule, value) for rule in wanted):
            return False  # rules apply only to leaves: with-ddb-filtering.html, "Using the Exists operator"
    return True


def _fits(rule: object, leaf: object) -> bool:
    match rule:
        case {"exists": True}:
            return True
        case {"prefix": str(prefix)}:
            return isinstance(leaf, str) and leaf.startswith(prefix)
    return leaf == rule
