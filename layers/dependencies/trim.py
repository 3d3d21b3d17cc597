"""Trim an installed layer of third-party packages to what Lambda reads; the Makefile runs it before it compiles .pyc.

requirements*.txt has the packages of each layer, the Makefile their architectures.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Services with a client in layers/common, each with its prefix in endpoints.json.
SERVICES = {"dynamodb": "dynamodb", "sesv2": "email", "ssm": "ssm"}
OPERATIONS = {
    "dynamodb": {
        "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem",
    },
    "sesv2": {"SendEmail"},
    "ssm": {"DeleteParameter", "GetParameter", "PutParameter"},
}  # fmt: skip
# Pass DynamoDB's values on: botocore turns them into the same JSON again, except binaries, which we do not use.
PASSED_ON = {"AttributeValue": {"type": "structure", "members": {}, "document": True}}

UNUSED = (
    "bin",
    ".lock",
    "**/*.pyi",
    "cffi",  # cryptography needs only its compiled part, _cffi_backend; the rest generates C at build time
    "pycparser",
    "pycparser-*.dist-info",
    "pydantic/v1",  # a whole copy of version 1
    "pydantic/mypy.py",
    "aws_lambda_powertools/middleware_factory",
    "botocore/data/*/*/examples-1.json",
)

# The only files to keep of these folders: imports of Powertools' Logger, and the Swagger UI files that get_docs serves.
KEPT = {
    "aws_lambda_powertools/utilities": {"__init__.py", "jmespath_utils"},
    "aws_lambda_powertools/event_handler": {"openapi"},
    "aws_lambda_powertools/event_handler/openapi": {"swagger_ui"},
    "aws_lambda_powertools/event_handler/openapi/swagger_ui": {"swagger-ui-bundle.min.js", "swagger-ui.min.css"},
    "botocore/docs": {"__init__.py", "docstring.py", "utils.py"},
}

# Modules that are imported at each start but never used, and import many others (docs/decisions/0032-request-path.md).
REPLACED = {
    "aws_lambda_powertools/__init__.py": "",  # Metrics and Tracer
    "aws_lambda_powertools/utilities/jmespath_utils/__init__.py": "",  # finds correlation ids in events
    "botocore/docs/__init__.py": "",
    "botocore/docs/docstring.py": (  # texts for help()
        "ClientMethodDocstring = PaginatorDocstring = WaiterDocstring = lambda *_, **__: None\n"
    ),
    "jwt/jwks_client.py": "PyJWKClient = None\n",  # fetches keys; the authorizer has them in its environment
    "pydantic/plugin/_loader.py": "def get_plugins():\n    return ()\n",  # looks through all packages for plugins
    "urllib3/http2/__init__.py": "",  # needs h2, which is not shipped
}

# The files kept of each .dist-info, by the beginnings of their names.
KEPT_INFO = ("METADATA", "licenses", "LICENSE", "NOTICE")


def main(site: Path) -> None:
    """Trim the `site` folder that `uv pip install --target` filled."""
    _remove(path for pattern in UNUSED for path in site.glob(pattern))
    _remove(path for folder, kept in KEPT.items() for path in site.glob(f"{folder}/*") if path.name not in kept)
    # Keep METADATA, which vulnerability scanners read, and the licences; nothing reads the rest.
    _remove(path for path in site.glob("*.dist-info/*") if not path.name.startswith(KEPT_INFO))
    for path, source in REPLACED.items():
        if (site / path).exists():
            (site / path).write_text(source)
    if (data := site / "botocore" / "data").exists():
        _trim_services(data)
        _trim_endpoints(data / "endpoints.json")


def _trim_services(data: Path) -> None:
    """Keep the newest model of each service, unpacked, with the operations used and without its documentation.

    botocore lists every service folder and unzips and parses the whole model at each cold start.
    """
    for service in [path for path in data.iterdir() if path.is_dir()]:
        *older, newest = sorted(service.iterdir())
        if service.name not in SERVICES:
            older.append(newest)
        _remove(older)
        if not any(service.iterdir()):
            service.rmdir()
    for packed in data.rglob("*.json.gz"):
        model = json.loads(gzip.decompress(packed.read_bytes()))
        if packed.name == "service-2.json.gz":
            model = _used(model, OPERATIONS[packed.parts[-3]])
        packed.with_suffix("").write_text(json.dumps(_undocumented(model), separators=(",", ":")))
        packed.unlink()


def _trim_endpoints(path: Path) -> None:
    """Keep every partition and region, but only the services of `SERVICES`: 1.3 MB become 14 KB."""
    endpoints = json.loads(path.read_text())
    for partition in endpoints["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in SERVICES.values() if name in known}
    path.write_text(json.dumps(endpoints, separators=(",", ":")))


def _used(model: dict[str, Any], operations: set[str]) -> dict[str, Any]:
    """Return a service's model with only these operations, and the shapes that they refer to."""
    known = {**model["shapes"], **PASSED_ON}
    kept = {name: model["operations"][name] for name in sorted(operations)}
    shapes: dict[str, Any] = {}
    nodes: list[Any] = [kept]
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes += node
        elif isinstance(node, dict):
            nodes += node.values()
            name = node.get("shape")
            if isinstance(name, str) and name not in shapes:
                shapes[name] = known[name]
                nodes.append(shapes[name])
    return {**model, "operations": kept, "shapes": shapes}


def _undocumented(node: object) -> object:
    """Drop each `documentation` text; a member with that name is a mapping, and is kept."""
    if isinstance(node, dict):
        return {
            key: _undocumented(value)
            for key, value in node.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_undocumented(value) for value in node]
    return node


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
