"""Holds every answer of every test against openapi.json, and knows which of the documented ones were never given."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

if TYPE_CHECKING:
    from tools.in_process.api import Answer

DOCUMENT = Path(__file__).parents[2] / "openapi.json"
FRAME = {
    "cache-control",
    "content-encoding",
    "content-security-policy",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "content-type",
    "x-request-id",
}
JSON = {"application/json", "application/problem+json"}
# What a fault of ours is answered with: no request should bring it about, so not every operation has been seen to fail.
INTERNAL_ERROR = "internal_error"


STALE = "openapi.json is stale: run make openapi."


class Seen(NamedTuple):
    """An answer that was given, or is documented; the code is that of a problem."""

    operation: str
    status: int
    code: str


class Documented:
    """Collects what was seen; a run of all tests must have seen everything."""

    def __init__(self) -> None:
        self.seen: set[Seen] = set()
        self.stale: bool | None = None  # once it is known

    def hold(self, method: str, path: str, sent: Any, answer: "Answer") -> None:
        """Fail unless the operation's answer has a documented status, media type, schema and headers.

        A body that was accepted must be one that the document allows. A document that is stale would fail every test, which says
        nothing: then one test fails, and the run says so.
        """
        if self.stale:
            return
        operation = _document()["paths"][path.replace("+}", "}")][method.lower()]
        name, status = f"{operation['operationId']} {answer.status}", answer.status
        assert str(status) in operation["responses"], f"{name} is not documented"
        promised = _resolved(operation["responses"][str(status)])
        _hold_headers(name, promised, answer)
        body = _hold_content(name, promised.get("content", {}), answer)
        if status < 300 and isinstance(sent, dict) and "requestBody" in operation:
            trimmed = sent | {
                key: sent[key].strip() for key in ("email",) if key in sent
            }  # as the address is when it is read
            _hold_body(f"{name}, request", operation["requestBody"]["content"]["application/json"]["schema"], trimmed)
        self.seen.add(Seen(operation["operationId"], status, body["code"] if status >= 400 else ""))

    def unseen(self) -> list[Seen]:
        """Return what is documented and was never seen."""
        return [] if self.stale else sorted(set(_all()) - self.seen)


documented = Documented()


def takes_header(method: str, path: str, name: str) -> bool:
    """Return whether a route takes a header, by its name among the components."""
    operation = _document()["paths"].get(path.replace("+}", "}"), {}).get(method.lower(), {})
    return {"$ref": f"#/components/parameters/{name}"} in operation.get("parameters", [])


def _hold_headers(name: str, promised: Mapping[str, Any], answer: "Answer") -> None:
    known = {header.lower(): _resolved(one) for header, one in promised.get("headers", {}).items()}
    sent = answer.headers | ({"set-cookie": answer.cookies[0]} if answer.cookies else {})
    undocumented = sent.keys() - known.keys() - FRAME
    assert not undocumented, f"{name}: {undocumented} are not documented"
    for header, one in known.items():
        assert header in sent or not one.get("required"), f"{name}: {header} is missing"
        if header in sent:
            value = int(sent[header]) if one["schema"]["type"] == "integer" else sent[header]
            _hold_body(f"{name}, {header}", one["schema"], value)


def _hold_content(name: str, promised: Mapping[str, Any], answer: "Answer") -> Any:
    """Return the body, parsed if it is JSON."""
    assert bool(answer.content) == bool(promised), f"{name}: is documented {'with' if promised else 'without'} a body"
    if not answer.content:
        return None
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in promised, f"{name}: {media_type} is not documented"
    if media_type in JSON:
        _hold_body(name, promised[media_type]["schema"], answer.json)
        return answer.json
    return None


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
