"""Holds every answer of every test against openapi.json, and knows which of the documented ones were never given."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs

DOCUMENT = Path(__file__).parents[1] / "openapi.json"
FRAME = {"cache-control", "content-security-policy", "strict-transport-security", "x-content-type-options"}
# What a fault of ours is answered with: no request should bring it about, so not every operation has been seen to fail.
INTERNAL_ERROR = "internal_error"


class Seen(NamedTuple):
    """An answer that was given, or is documented; the code is that of a problem."""

    operation: str
    status: int
    code: str


class Documented:
    """Collects what was seen; a run of all tests must have seen everything."""

    def __init__(self) -> None:
        self.seen: set[Seen] = set()

    def hold(
        self,
        method: str,
        path: str,
        sent: Any,
        status: int,
        headers: Mapping[str, str],
        cookies: Sequence[str],
        text: str,
    ) -> None:
        """Fail unless the operation's answer has a documented status, schema, media type and headers.

        A body that was accepted must be one that the document allows.
        """
        operation = _document()["paths"][path.replace("+}", "}")][method.lower()]
        name = f"{operation['operationId']} {status}"
        assert str(status) in operation["responses"], f"{name} is not documented"
        answer = _resolved(operation["responses"][str(status)])
        _hold_headers(name, answer, {**headers, **({"set-cookie": cookies[0]} if cookies else {})})
        content = answer.get("content", {})
        assert bool(text) == bool(content), f"{name}: documented {'with' if content else 'without'} a body"
        code = ""
        if text:
            assert headers["content-type"] in content, f"{name}: {headers['content-type']} is not documented"
            body = json.loads(text)
            _hold_body(name, content[headers["content-type"]]["schema"], body)
            code = body["code"] if status >= 400 else ""
        if status < 300 and isinstance(sent, dict):
            _hold_body(f"{name}, request", operation["requestBody"]["content"]["application/json"]["schema"], sent)
        self.seen.add(Seen(operation["operationId"], status, code))

    def unseen(self) -> list[Seen]:
        """Return what is documented and was never seen."""
        return sorted(set(_all()) - self.seen)


documented = Documented()


def _hold_headers(name: str, answer: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    known = {header.lower(): _resolved(one) for header, one in answer.get("headers", {}).items()}
    undocumented = headers.keys() - known.keys() - FRAME - {"content-type", "x-request-id"}
    assert not undocumented, f"{name}: {undocumented} are not documented"
    for header, one in known.items():
        assert header in headers or not one.get("required"), f"{name}: {header} is missing"
        if header in headers:
            number = one["schema"]["type"] == "integer"
            _hold_body(f"{name}, {header}", one["schema"], int(headers[header]) if number else headers[header])


def _hold_body(name: str, schema: Mapping[str, Any], body: Any) -> None:
    errors = [f"{error.instance_path}: {error.message}" for error in _validator(json.dumps(schema)).iter_errors(body)]
    assert not errors, f"{name}: {errors}"


@cache
def _validator(schema: str) -> Any:
    components = {"schemas": {name: _closed(one) for name, one in _document()["components"]["schemas"].items()}}
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": components}, validate_formats=True)


def _closed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of an object without room for members that it does not name; clients must allow for them, tests not."""
    return {"additionalProperties": False, **schema} if "properties" in schema else schema


@cache
def _document() -> Any:
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def _resolved(one: Mapping[str, Any]) -> Any:
    if "$ref" not in one:
        return one
    _, _, kind, name = one["$ref"].split("/")
    return _document()["components"][kind][name]


def _all() -> Iterator[Seen]:
    for path in _document()["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                content = _resolved(answer).get("content", {})
                if int(status) < 400:
                    yield Seen(operation["operationId"], int(status), "")
                for code in content.get("application/problem+json", {}).get("examples", {}):
                    if code != INTERNAL_ERROR:
                        yield Seen(operation["operationId"], int(status), code)
