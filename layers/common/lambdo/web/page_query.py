"""Query parameters, read by their rules; and lists over HTTP: the parameters of a page, and the response with it."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from lambdo.base.problems import InvalidFields
from lambdo.base.rules import Rule
from lambdo.web.endpoint import Request, Response

MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 20
FIRST_PAGE: Final[dict[str, Any]] = {"limit": DEFAULT_LIMIT, "cursor": None}


def read_page_query(
    request: Request, rules: Mapping[str, Rule] | None = None, *, repeatable: Collection[str] = frozenset()
) -> dict[str, Any]:
    """Return the values of a list's query parameters, always with `limit` and `cursor`.

    Raises InvalidFields for unknown parameters, and like `read_values`.
    """
    all_rules = {**(rules or {}), **PAGE_RULES}
    return FIRST_PAGE | read_values(request.query(all_rules, repeatable), all_rules)


def read_values(parameters: Mapping[str, Sequence[str]], rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Return the values that parameters stand for by their rules.

    Raises
    ------
    InvalidFields
        If parameters break their rules; it names each.
    """
    errors: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    for name, texts in parameters.items():
        read, rule, _ = rules[name]
        try:
            values[name] = read(texts)
        except ValueError:
            errors.append({"loc": ["query", name], "msg": rule, "type": "query"})
    if errors:
        raise InvalidFields(errors=errors)
    return values


def respond_with_page(request: Request, items: Sequence[Any], next_cursor: str | None) -> Response:
    """Return 200 with `items` and `next_cursor`, which is null on the last page, otherwise also a Link (RFC 8288)."""
    body = {"items": items, "next_cursor": next_cursor}
    if next_cursor is None:
        return Response(200, body)
    sent = parse_qsl(request.query_string, keep_blank_values=True)
    following = [(name, value) for name, value in sent if name != "cursor"] + [("cursor", next_cursor)]
    return Response(200, body, {"link": f'<{request.path}?{urlencode(following)}>; rel="next"'})


def _limit(texts: Sequence[str]) -> int:
    if not re.fullmatch("[1-9][0-9]{0,2}", texts[0]) or int(texts[0]) > MAX_LIMIT:
        raise ValueError
    return int(texts[0])


def _cursor(texts: Sequence[str]) -> str:
    return texts[0]


PAGE_RULES: Final[Mapping[str, Rule]] = {
    "limit": (
        _limit,
        f"Should be a number from 1 to {MAX_LIMIT}",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    "cursor": (_cursor, "", {"type": "string"}),
}
