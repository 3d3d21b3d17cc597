"""The table of routes in docs/api.md, made from openapi.json: `python -m tools.openapi.routes_table` writes it."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

type Json = Mapping[str, Any]

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "api.md"
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
BLOCK: Final = re.compile(r"(?<=<!-- routes -->\n).*?(?=<!-- end -->)", re.DOTALL)
HEAD: Final = ("token", "route", "what it does", "request", "response")


def render() -> str:
    """Return the page with the table for the current openapi.json."""
    document = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
    rows = [HEAD, ["---"] * len(HEAD), *_rows(document)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return BLOCK.sub(lambda _: f"{table}\n", PAGE.read_text(encoding="utf-8"))


def _rows(document: Json) -> Iterator[tuple[str, ...]]:
    """Yield a row for each operation; PUT and PATCH of a path share a row if they have the same description."""
    for path, item in document["paths"].items():
        methods: dict[tuple[str, ...], list[str]] = {}
        for method, operation in item.items():
            row = (operation["summary"], _request(operation, document), _response(operation), _token(operation))
            methods.setdefault(row, []).append(method.upper())
        for (summary, request, response, token), names in methods.items():
            yield token, f"`{' or '.join(names)} {path}`", summary, request, response


def _token(operation: Json) -> str:
    """Return whether the route needs an access token: "yes", "may" if it is optional, or an empty string."""
    ways = operation["security"]
    return "" if not ways else "may" if {} in ways else "yes"


def _request(operation: Json, document: Json) -> str:
    """Return the members of the body, then the query parameters; optional ones end with "?"."""
    body = operation.get("requestBody", {})
    content = {
        media_type: _members(one["schema"], body, document) for media_type, one in body.get("content", {}).items()
    }
    members = content.get(JSON, [])
    if FORM in content:
        members = [f"{', '.join(members)}; or the form {', '.join(content[FORM])}"]
    parameters = [_resolved(one, document) for one in operation.get("parameters", [])]
    query = [_name(one["name"], required=one.get("required", False)) for one in parameters if one["in"] == "query"]
    return ", ".join(members + query)


def _members(schema: Json, body: Json, document: Json) -> list[str]:
    resolved = _resolved(schema, document)
    required = resolved.get("required", []) if body["required"] else []
    return [_name(name, required=name in required) for name in resolved["properties"]]


def _resolved(schema: Json, document: Json) -> Json:
    reference = schema.get("$ref")
    if not reference:
        return schema
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def _name(name: str, *, required: bool) -> str:
    return f"`{name}`" if required else f"`{name}?`"


def _response(operation: Json) -> str:
    """Return the status and the description of each good response."""
    good = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
    return "; ".join(f"{status}: {one['description']}" for status, one in good.items())


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
