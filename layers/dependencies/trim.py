"""Trim the installed dependencies layer to what Lambda reads; run by the Makefile, before the .pyc are compiled.

Not here: which packages are installed (requirements.txt) and for which architecture (Makefile).
"""

import gzip
import json
import shutil
import sys
from pathlib import Path

# Services with a client in layers/common, each with the prefix that endpoints.json knows it by.
SERVICES = {"dynamodb": "dynamodb", "sesv2": "email", "ssm": "ssm"}

# cryptography needs cffi's compiled half, _cffi_backend, alone. The rest generates C at build time.
UNUSED = ("bin", "cffi", "pycparser", "pycparser-*.dist-info", ".lock")

# Of each .dist-info, by how its files begin.
KEPT_INFO = ("METADATA", "licenses", "LICENSE", "NOTICE")


def main(site: Path) -> None:
    """Trim the `site` folder that `uv pip install --target` filled."""
    for pattern in UNUSED:
        for path in site.glob(pattern):
            _remove(path)
    for path in [*site.rglob("*.pyi"), *site.rglob("examples-1.json")]:
        path.unlink()
    _trim_dist_info(site)
    _trim_services(site / "botocore" / "data")
    _trim_endpoints(site / "botocore" / "data" / "endpoints.json")


def _trim_dist_info(site: Path) -> None:
    """Keep METADATA, by which a scanner names what is vulnerable, and the licences; nothing reads the rest."""
    for path in site.glob("*.dist-info/*"):
        if not path.name.startswith(KEPT_INFO):
            _remove(path)


def _trim_services(data: Path) -> None:
    """Keep the newest model of each service, unpacked and without its documentation.

    botocore lists every service folder and unzips and parses the whole model at each cold start.
    """
    for service in [path for path in data.iterdir() if path.is_dir()]:
        *older, newest = sorted(service.iterdir())
        if service.name not in SERVICES:
            older.append(newest)
        for version in older:
            _remove(version)
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


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
