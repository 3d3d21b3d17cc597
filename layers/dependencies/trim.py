"""Trim an installed layer of third parties to what Lambda reads; run by the Makefile, before the .pyc are compiled.

Not here: which packages a layer has (requirements*.txt) and for which architecture (Makefile).
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

# Services with a client in layers/common, each with the prefix that endpoints.json knows it by.
SERVICES = {"dynamodb": "dynamodb", "sesv2": "email", "ssm": "ssm"}

UNUSED = (
    "bin",
    ".lock",
    "**/*.pyi",
    "cffi",  # cryptography needs its compiled half, _cffi_backend, alone; the rest generates C at build time
    "pycparser",
    "pycparser-*.dist-info",
    "pydantic/v1",  # version 1, once more as a whole
    "pydantic/mypy.py",
    "aws_lambda_powertools/middleware_factory",
    "botocore/data/*/*/examples-1.json",
)

# Of these folders, nothing else: what Powertools' Logger imports, and the files of Swagger UI that get_docs serves.
KEPT = {
    "aws_lambda_powertools/utilities": {"__init__.py", "jmespath_utils"},
    "aws_lambda_powertools/event_handler": {"openapi"},
    "aws_lambda_powertools/event_handler/openapi": {"swagger_ui"},
    "aws_lambda_powertools/event_handler/openapi/swagger_ui": {"swagger-ui-bundle.min.js", "swagger-ui.min.css"},
}

# Of each .dist-info, by how its files begin.
KEPT_INFO = ("METADATA", "licenses", "LICENSE", "NOTICE")


def main(site: Path) -> None:
    """Trim the `site` folder that `uv pip install --target` filled."""
    _remove(path for pattern in UNUSED for path in site.glob(pattern))
    _remove(path for folder, kept in KEPT.items() for path in site.glob(f"{folder}/*") if path.name not in kept)
    # METADATA, by which a scanner names what is vulnerable, and the licences; nothing reads the rest.
    _remove(path for path in site.glob("*.dist-info/*") if not path.name.startswith(KEPT_INFO))
    if (data := site / "botocore" / "data").exists():
        _trim_services(data)
        _trim_endpoints(data / "endpoints.json")


def _trim_services(data: Path) -> None:
    """Keep the newest model of each service, unpacked and without its documentation.

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
        packed.with_suffix("").write_text(json.dumps(_undocumented(model), separators=(",", ":")))
        packed.unlink()


def _trim_endpoints(path: Path) -> None:
    """Keep every partition and region, but only the services of `SERVICES`: 1.3 MB become 14 KB."""
    endpoints = json.loads(path.read_text())
    for partition in endpoints["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in SERVICES.values() if name in known}
    path.write_text(json.dumps(endpoints, separators=(",", ":")))


def _undocumented(node: object) -> object:
    """Drop each `documentation` text; a member of that name is a mapping, and stays."""
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
