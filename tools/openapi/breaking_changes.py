"""`python -m tools.openapi.breaking_changes`: what in openapi.json breaks clients of the last release, as part of `make lint`.

A request that was good must stay good, so what is asked for may only become wider; what is answered may only become narrower.
Two exceptions: an answer may have further members, and an error that it did not have.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
LOWER_LIMITS: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
UPPER_LIMITS: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
RULES: Final = ("pattern", "format", "multipleOf", "uniqueItems")
NAMES: Final = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}

type Document = Mapping[str, Any]
type Schema = Mapping[str, Any]
type Parameters = Mapping[tuple[str, str], Schema]
type Compare = Callable[[Schema, Schema, str], Iterator[str]]


def main(root: Path = ROOT) -> int:
    """Compare with the newest tag v*; 1 if something breaks that the version in pyproject.toml does not announce."""
    tag = git(root, "tag", "--list", "v*", "--sort=-version:refname").partition("\n")[0]
    released = git(root, "show", f"{tag}:openapi.json") if tag else ""
    if not released:
        print(f"openapi.json: {f'{tag} has none' if tag else 'no release yet'}, nothing to compare with.")
        return 0
    found = list(breaking_changes(json.loads(released), json.loads((root / "openapi.json").read_text())))
    for change in found:
        print(f"openapi.json, against {tag}: {change}")
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    if found and not announced(tag, version):
        print(f"This breaks clients of {tag}: undo it, or raise {part(tag)} of the version in pyproject.toml.")
        return 1
    return 0


def git(root: Path, *arguments: str) -> str:
    """Return what git prints; nothing if it fails, as it does for a file that the tag does not have."""
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False).stdout


def announced(tag: str, version: str) -> bool:
    """Return whether the version may break clients of the tag (Semantic Versioning 2.0.0, items 4 and 8)."""
    (old_major, old_minor), (major, minor) = (
        map(int, text.split(".")[:2]) for text in (tag.removeprefix("v"), version)
    )
    return major > old_major or (major == old_major == 0 and minor > old_minor)


def part(tag: str) -> str:
    """Return the name of the part of the version that announces a breaking change."""
    return "the minor part" if tag.startswith("v0.") else "the major part"


def breaking_changes(old: Document, new: Document) -> Iterator[str]:
    """Yield a line for each change that breaks a client of the old document."""
    old, new = inlined(old, old), inlined(new, new)
    for path, methods in old["paths"].items():
        for method in (name for name in METHODS if name in methods):
            where = f"{method.upper()} {path}"
            if method not in new["paths"].get(path, {}):
                yield f"{where}: the operation is gone"
            else:
                for change in _operation(_with_defaults(old, path, method), _with_defaults(new, path, method)):
                    yield f"{where}: {change}"


def inlined(node: Any, document: Document) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a part of a document with what its references name in their places; no schema of it may be recursive."""
    if isinstance(node, list):
        return [inlined(one, document) for one in node]
    if not isinstance(node, dict):
        return node
    here = {name: inlined(value, document) for name, value in node.items() if name != "$ref"}
    if "$ref" not in node:
        return here
    target: Any = document
    for name in node["$ref"].removeprefix("#/").split("/"):
        target = target[name.replace("~1", "/").replace("~0", "~")]
    return {**inlined(target, document), **here}


def _with_defaults(document: Document, path: str, method: str) -> dict[str, Any]:
    """Return an operation with the parameters of its path and the document's security."""
    item = document["paths"][path]
    operation = {"security": document.get("security", []), **item[method]}
    every = [*item.get("parameters", []), *operation.get("parameters", [])]
    return operation | {"parameters": {(one["in"], one["name"]): one for one in every}}


def _operation(old: Schema, new: Schema) -> Iterator[str]:
    if old["operationId"] != new["operationId"]:
        yield f"operationId is {new['operationId']}, was {old['operationId']}: generated clients name functions by it"
    if not all(any(set(now) <= set(was) for now in new["security"] or [{}]) for was in old["security"] or [{}]):
        yield "asks for credentials that it did not ask for"
    yield from _parameters(old["parameters"], new["parameters"])
    yield from _request_body(old.get("requestBody"), new.get("requestBody"))
    yield from _responses(old["responses"], new["responses"])


def _parameters(old: Parameters, new: Parameters) -> Iterator[str]:
    for key, parameter in new.items():
        if parameter.get("required") and not old.get(key, {}).get("required"):
            yield f"{_name(key)}: is required"
    for key, parameter in old.items():
        if key in new:
            yield from narrowed(parameter["schema"], new[key]["schema"], _name(key))
        else:
            yield f"{_name(key)}: is gone, and unknown parameters are refused"


def _name(key: tuple[str, str]) -> str:
    return f"{key[0]} parameter {key[1]}"


def _request_body(old: Schema | None, new: Schema | None) -> Iterator[str]:
    if old is None:
        if new and new.get("required"):
            yield "request body: is required"
        return
    if new is None:
        yield "request body: is gone"
        return
    if new.get("required") and not old.get("required"):
        yield "request body: is required"
    for media_type, content in old["content"].items():
        if media_type in new["content"]:
            yield from narrowed(content["schema"], new["content"][media_type]["schema"], "request body")
        else:
            yield f"request body: {media_type} is refused"


def _responses(old: Schema, new: Schema) -> Iterator[str]:
    for status, response in old.items():
        if status not in new:
            yield f"answer {status}: is gone"
            continue
        for name, header in response.get("headers", {}).items():
            now = new[status].get("headers", {}).get(name, {})
            if not now or (header.get("required") and not now.get("required")):
                yield f"answer {status}: header {name} {'may be missing' if now else 'is gone'}"
        for media_type, content in response.get("content", {}).items():
            now = new[status].get("content", {}).get(media_type)
            if now is None:
                yield f"answer {status}: {media_type} is gone"
            else:
                yield from widened(content["schema"], now["schema"], f"answer {status}")


def narrowed(old: Schema, new: Schema, where: str) -> Iterator[str]:
    """Yield what a request could be and can no longer be."""
    return _alternatives(old, new, where, _narrowed)


def widened(old: Schema, new: Schema, where: str) -> Iterator[str]:
    """Yield what an answer could not be and now can be, and what it no longer has."""
    return _alternatives(new, old, where, lambda now, was, where: _widened(was, now, where))


def _alternatives(every: Schema, some: Schema, where: str, compare: Compare) -> Iterator[str]:
    """Hold each alternative of one schema against that of the other which fits best."""
    others = list(alternatives(some))
    for one in alternatives(every):
        yield from min((list(compare(one, other, where)) for other in others), key=len)


def alternatives(schema: Schema) -> Iterator[Schema]:
    """Yield the schema for each single type that it allows."""
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        rest = {name: value for name, value in schema.items() if name not in {"anyOf", "oneOf", "discriminator"}}
        for branch in branches:
            yield from alternatives({**rest, **branch})
    elif isinstance(schema.get("type"), list):
        for name in schema["type"]:
            yield {**schema, "type": name}
    else:
        yield schema


def _narrowed(old: Schema, new: Schema, where: str) -> Iterator[str]:
    if not _takes(new, _type(old)):
        yield f"{where}: {_type(old) or 'anything'} is refused"
        return
    if _values(new) and (refused := [one for one in _values(old) or ["anything else"] if one not in _values(new)]):
        yield f"{where}: {', '.join(map(str, refused))} is refused"
    yield from _limits(old, new, where)
    if _type(old) == "array":
        yield from narrowed(old.get("items", {}), new.get("items", {}), f"{where}[]")
    if _type(old) == "object":
        yield from _narrowed_members(old, new, where)


def _limits(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for name in (*LOWER_LIMITS, *UPPER_LIMITS, *RULES):
        was, now = old.get(name), new.get(name)
        if now is None or was == now:
            continue
        wider = was is not None and ((name in LOWER_LIMITS and now < was) or (name in UPPER_LIMITS and now > was))
        if not wider:
            yield f"{where}: {name} is {now}, was {'not limited' if was is None else was}"


def _narrowed_members(old: Schema, new: Schema, where: str) -> Iterator[str]:
    members, now = old.get("properties", {}), new.get("properties", {})
    for name in new.get("required", []):
        if name not in old.get("required", []):
            yield f"{where}.{name}: is required"
    for name, schema in members.items():
        if name in now:
            yield from narrowed(schema, now[name], f"{where}.{name}")
        elif new.get("additionalProperties") is False:
            yield f"{where}.{name}: is refused"
    if old.get("additionalProperties", True) is not False and new.get("additionalProperties") is False:
        yield f"{where}: unknown members are refused"


def _widened(old: Schema, new: Schema, where: str) -> Iterator[str]:
    if not _takes(old, _type(new)):
        yield f"{where}: can be {_type(new) or 'anything'}"
        return
    if _values(old) and (further := [one for one in _values(new) or ["anything else"] if one not in _values(old)]):
        yield f"{where}: can be {', '.join(map(str, further))}"
    for name in ("pattern", "format"):
        if name in old and old[name] != new.get(name):
            yield f"{where}: {name} is {new.get(name)}, was {old[name]}"
    if _type(old) == "array":
        yield from widened(old.get("items", {}), new.get("items", {}), f"{where}[]")
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where}.{name}: is gone"
        else:
            if name in old.get("required", []) and name not in new.get("required", []):
                yield f"{where}.{name}: may be missing"
            yield from widened(schema, new["properties"][name], f"{where}.{name}")


def _takes(schema: Schema, name: str) -> bool:
    """Return whether values of a type are of the schema's type."""
    return _type(schema) in {"", name} or (_type(schema), name) == ("number", "integer")


def _type(schema: Schema) -> str:
    """Return the type, which an enumeration or a constant may leave unsaid; empty where any is allowed."""
    return schema.get("type") or next((NAMES[type(one)] for one in _values(schema)), "")


def _values(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


if __name__ == "__main__":
    sys.exit(main())
