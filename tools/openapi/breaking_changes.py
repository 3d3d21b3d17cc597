"""`python -m tools.openapi.breaking_changes`: find changes of openapi.json that break clients of the last release.

`make lint` runs it. A valid request must stay valid, so the schemas of requests may only allow more, and those of
responses only less, with two exceptions: a response may get new members, and an operation new errors.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tools.openapi.schema_changes import Schema, narrowed, widened

ROOT: Final = Path(__file__).resolve().parents[2]
METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options", "trace")

type Document = Mapping[str, Any]
type Parameters = Mapping[tuple[str, str], Schema]


def main(root: Path = ROOT) -> int:
    """Compare with the newest tag v*; return 1 if a change breaks clients and the version does not announce this."""
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
        print(f"This breaks clients of {tag}. Undo it, or increase {part(tag)} of the version in pyproject.toml.")
        return 1
    return 0


def git(root: Path, *arguments: str) -> str:
    """Return what git prints; an empty string if it fails, as for a file that the tag does not have."""
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
                yield f"{where}: the operation was removed"
            else:
                for change in _operation(_with_defaults(old, path, method), _with_defaults(new, path, method)):
                    yield f"{where}: {change}"


def inlined(node: Any, document: Document) -> Any:
    """Return a part of a document with its references replaced by their targets; its schemas must not be recursive."""
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
        yield "requires credentials that it did not require"
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
            yield f"{_name(key)}: was removed, and unknown parameters are refused"


def _name(key: tuple[str, str]) -> str:
    return f"{key[0]} parameter {key[1]}"


def _request_body(old: Schema | None, new: Schema | None) -> Iterator[str]:
    if old is None:
        if new and new.get("required"):
            yield "request body: is required"
        return
    if new is None:
        yield "request body: was removed"
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
            yield f"response {status}: was removed"
            continue
        for name, header in response.get("headers", {}).items():
            now = new[status].get("headers", {}).get(name, {})
            if not now or (header.get("required") and not now.get("required")):
                yield f"response {status}: header {name} {'may be missing' if now else 'was removed'}"
        for media_type, content in response.get("content", {}).items():
            now = new[status].get("content", {}).get(media_type)
            if now is None:
                yield f"response {status}: {media_type} was removed"
            else:
                yield from widened(content["schema"], now["schema"], f"response {status}")


if __name__ == "__main__":
    sys.exit(main())
