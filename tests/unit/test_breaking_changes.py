"""What `make lint` says about a changed openapi.json: every rule, by one planted change."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools.openapi.breaking_changes import breaking_changes, main

GONE = object()
PROBLEM, THING = "#/components/schemas/Problem", "#/components/schemas/Thing"
OLD: dict[str, Any] = {
    "paths": {
        "/things": {
            "parameters": [{"in": "header", "name": "If-Match", "schema": {"type": "string"}}],
            "get": {
                "operationId": "list_things",
                "parameters": [{"in": "query", "name": "sort", "schema": {"enum": ["up", "down"]}}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}
                },
            },
            "post": {
                "operationId": "make_thing",
                "security": [{"bearer": []}],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/New"}},
                        "text/plain": {"schema": {"type": "string"}},
                    }
                },
                "responses": {
                    "201": {
                        "headers": {"ETag": {"required": True}},
                        "content": {"application/json": {"schema": {"$ref": THING}}},
                    },
                    "409": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "allOf": [{"$ref": PROBLEM}, {"properties": {"code": {"enum": ["there"]}}}],
                                }
                            }
                        }
                    },
                    "410": {"description": "Gone."},
                },
            },
        }
    },
    "components": {
        "schemas": {
            "New": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "a"},
                    "size": {"type": ["integer", "null"], "minimum": 1, "maximum": 9},
                    "kind": {"anyOf": [{"enum": ["big", "small"]}, {"type": "null"}]},
                    "parts": {"type": "array", "maxItems": 5, "items": {"type": "string"}},
                    "more": {"type": "object", "properties": {"free": {"type": "number"}}},
                },
            },
            "Thing": {
                "type": "object",
                "required": ["id", "kind", "size"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "kind": {"enum": ["big", "small"]},
                    "size": {"type": "number"},
                    "of": {"const": "wood"},
                },
            },
            "Problem": {
                "type": "object",
                "required": ["code"],
                "properties": {"code": {"type": "string"}, "detail": {"type": "string"}},
            },
            "Page": {
                "type": "object",
                "required": ["items"],
                "properties": {"items": {"type": "array", "items": {"$ref": THING}}},
            },
        }
    },
}
GET, POST = ("paths", "/things", "get"), ("paths", "/things", "post")
BODY = (*POST, "requestBody")
NEW, MADE = ("components", "schemas", "New"), ("components", "schemas", "Thing")
MEMBERS, ANSWERED = (*NEW, "properties"), (*MADE, "properties")
REFUSAL = (*POST, "responses", "409", "content", "application/json", "schema")
REQUIRED_PARAMETER = {"in": "query", "name": "page", "required": True, "schema": {}}

BREAKING = [
    (POST, GONE, "POST /things: the operation was removed"),
    (("paths", "/things"), GONE, "GET /things: the operation was removed"),
    ((*POST, "operationId"), "create_thing", "operationId is create_thing, was make_thing"),
    ((*GET, "security"), [{"bearer": []}], "GET /things: requires credentials"),
    ((*POST, "security"), [{"bearer": [], "key": []}], "POST /things: requires credentials"),
    (("security",), [{"bearer": []}], "GET /things: requires credentials"),
    (("paths", "/things", "parameters"), [], "header parameter If-Match: was removed"),
    ((*GET, "parameters"), [], "query parameter sort: was removed"),
    ((*GET, "parameters", 0, "required"), True, "query parameter sort: is required"),
    ((*GET, "parameters", 1), REQUIRED_PARAMETER, "query parameter page: is required"),
    ((*GET, "parameters", 0, "schema", "enum"), ["up"], "query parameter sort: down is refused"),
    ((*GET, "parameters", 0, "schema"), {"type": "integer"}, "query parameter sort: string is refused"),
    ((*GET, "requestBody"), {"required": True}, "GET /things: request body: is required"),
    (BODY, GONE, "request body: was removed"),
    ((*BODY, "required"), True, "request body: is required"),
    ((*BODY, "content", "text/plain"), GONE, "request body: text/plain is refused"),
    ((*NEW, "required"), ["name", "size"], "request body.size: is required"),
    ((*MEMBERS, "size"), GONE, "request body.size: is refused"),
    ((*MEMBERS, "more", "additionalProperties"), False, "request body.more: unknown members are refused"),
    ((*MEMBERS, "more", "properties", "free", "type"), "integer", "request body.more.free: number is refused"),
    ((*MEMBERS, "name", "type"), "integer", "request body.name: string is refused"),
    ((*MEMBERS, "name", "enum"), ["ann", "ada"], "request body.name: anything else is refused"),
    ((*MEMBERS, "name", "minLength"), 2, "request body.name: minLength is 2, was 1"),
    ((*MEMBERS, "name", "maxLength"), 8, "request body.name: maxLength is 8, was 9"),
    ((*MEMBERS, "name", "pattern"), "b", "request body.name: pattern is b, was a"),
    ((*MEMBERS, "name", "format"), "email", "request body.name: format is email, was not limited"),
    ((*MEMBERS, "size", "type"), "integer", "request body.size: null is refused"),
    ((*MEMBERS, "size", "minimum"), 2, "request body.size: minimum is 2, was 1"),
    ((*MEMBERS, "size", "maximum"), 8, "request body.size: maximum is 8, was 9"),
    ((*MEMBERS, "kind", "anyOf", 0, "enum"), ["big"], "request body.kind: small is refused"),
    ((*MEMBERS, "kind", "anyOf", 1), GONE, "request body.kind: null is refused"),
    ((*MEMBERS, "parts", "maxItems"), 4, "request body.parts: maxItems is 4, was 5"),
    ((*MEMBERS, "parts", "minItems"), 1, "request body.parts: minItems is 1, was not limited"),
    ((*MEMBERS, "parts", "items", "type"), "integer", "request body.parts[]: string is refused"),
    ((*POST, "responses", "201"), GONE, "POST /things: response 201: was removed"),
    ((*POST, "responses", "410"), GONE, "POST /things: response 410: was removed"),
    ((*REFUSAL, "allOf", 1, "properties", "code", "enum"), ["there", "late"], "response 409.code: can be late"),
    ((*REFUSAL, "allOf"), [{"$ref": PROBLEM}], "response 409.code: can be anything else"),
    (("components", "schemas", "Problem", "required"), [], "response 409.code: may be missing"),
    (("components", "schemas", "Problem", "properties", "detail"), GONE, "response 409.detail: was removed"),
    ((*POST, "responses", "201", "headers"), {}, "response 201: header ETag was removed"),
    ((*POST, "responses", "201", "headers", "ETag", "required"), False, "response 201: header ETag may be missing"),
    ((*POST, "responses", "201", "content"), {}, "response 201: application/json was removed"),
    ((*MADE, "required"), ["id", "kind"], "response 201.size: may be missing"),
    ((*ANSWERED, "of"), GONE, "GET /things: response 200.items[].of: was removed"),
    ((*ANSWERED, "id", "type"), ["string", "null"], "response 201.id: can be null"),
    ((*ANSWERED, "id", "format"), GONE, "response 201.id: format is None, was uuid"),
    ((*ANSWERED, "size", "type"), "string", "response 201.size: can be string"),
    ((*ANSWERED, "kind", "enum"), ["big", "small", "huge"], "response 201.kind: can be huge"),
    ((*ANSWERED, "kind"), {"type": "string"}, "response 201.kind: can be anything else"),
    ((*ANSWERED, "of"), {"enum": ["wood", "iron"]}, "response 201.of: can be iron"),
]
HARMLESS = [
    (("paths", "/people"), {"get": {}}),
    (("paths", "/things", "delete"), {}),
    ((*POST, "security"), []),
    ((*POST, "security"), [{"bearer": []}, {"key": []}]),
    ((*GET, "parameters", 1), REQUIRED_PARAMETER | {"required": False}),
    ((*GET, "parameters", 0, "schema", "enum"), ["up", "down", "none"]),
    ((*BODY, "content", "text/html"), {"schema": {"type": "string"}}),
    ((*NEW, "required"), []),
    ((*NEW, "additionalProperties"), True),
    ((*MEMBERS, "colour"), {"type": "string"}),
    ((*MEMBERS, "name", "minLength"), 0),
    ((*MEMBERS, "name", "maxLength"), 10),
    ((*MEMBERS, "name", "pattern"), GONE),
    ((*MEMBERS, "size", "type"), ["number", "null"]),
    ((*MEMBERS, "size"), {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    ((*MEMBERS, "parts", "items"), {}),
    ((*POST, "responses", "411"), {"description": "How long?"}),
    ((*POST, "responses", "201", "headers", "Location"), {}),
    ((*ANSWERED, "colour"), {"type": "string"}),
    ((*ANSWERED, "size", "type"), "integer"),
    ((*ANSWERED, "kind", "enum"), ["big"]),
]


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return the old document with one change."""
    new = copy.deepcopy(OLD)
    place: Any = new
    for name in path[:-1]:
        place = place[name]
    if value is GONE:
        del place[path[-1]]
    elif isinstance(place, list) and path[-1] == len(place):
        place.append(value)
    else:
        place[path[-1]] = value
    return new


@pytest.mark.parametrize(("path", "value", "line"), BREAKING, ids=lambda value: value if isinstance(value, str) else "")
def test_change_that_breaks_a_client_is_named(path: tuple[Any, ...], value: Any, line: str) -> None:
    assert any(line in change for change in breaking_changes(OLD, changed(path, value)))


@pytest.mark.parametrize(("path", "value"), HARMLESS)
def test_change_that_breaks_no_client_is_not_named(path: tuple[Any, ...], value: Any) -> None:
    assert list(breaking_changes(OLD, changed(path, value))) == []


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project whose version 0.9.0 is released, and whose document breaks that release's clients."""
    release(tmp_path, "0.9.0", OLD)
    write(tmp_path, "0.9.0", changed(POST, GONE))
    return tmp_path


def write(root: Path, version: str, document: dict[str, Any]) -> None:
    (root / "openapi.json").write_text(json.dumps(document))
    (root / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')


def release(root: Path, version: str, document: dict[str, Any]) -> None:
    write(root, version, document)
    for arguments in (
        ["init", "--quiet"],
        ["add", "."],
        ["commit", "--quiet", "--message", version],
        ["tag", f"v{version}"],
    ):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments], cwd=root, check=True)


def test_breaking_change_fails_and_says_what_to_raise(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(repository) == 1
    assert capsys.readouterr().out == (
        "openapi.json, against v0.9.0: POST /things: the operation was removed\n"
        "This breaks clients of v0.9.0. Undo it, or increase the minor part of the version in pyproject.toml.\n"
    )


@pytest.mark.parametrize(
    ("version", "code"), [("0.9.1", 1), ("0.10.0", 0), ("1.0.0", 0)], ids=["patch", "minor", "major"]
)
def test_before_version_1_a_raised_minor_part_announces_a_breaking_change(
    version: str, code: int, repository: Path
) -> None:
    write(repository, version, changed(POST, GONE))
    assert main(repository) == code


@pytest.mark.parametrize(("version", "code"), [("10.1.0", 1), ("11.0.0", 0)], ids=["minor", "major"])
def test_from_version_1_on_only_a_raised_major_part_does(version: str, code: int, repository: Path) -> None:
    release(repository, "9.0.0", {"paths": {}})
    release(repository, "10.0.0", OLD)
    write(repository, version, changed(POST, GONE))
    assert main(repository) == code


def test_unchanged_document_passes(repository: Path) -> None:
    write(repository, "0.9.0", OLD)
    assert main(repository) == 0


def test_without_a_release_nothing_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tmp_path) == 0
    assert "no release yet" in capsys.readouterr().out


def test_release_without_a_document_is_not_compared(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "openapi.json").unlink()
    subprocess.run(["git", "rm", "--quiet", "--cached", "openapi.json"], cwd=repository, check=True)
    for arguments in (["commit", "--quiet", "--message", "none"], ["tag", "v1.0.0"]):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments], cwd=repository, check=True
        )
    assert main(repository) == 0
    assert "v1.0.0 has none" in capsys.readouterr().out
