"""What is said of the dependencies: the bill of materials and the licences are those of the layers that are deployed."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def components() -> list[dict[str, Any]]:
    """The components of the bill of materials as `make sbom` writes it."""
    subprocess.run(["make", "sbom"], cwd=ROOT, check=True, capture_output=True)
    bill = json.loads((ROOT / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "lambdo")
    found: list[dict[str, Any]] = bill["components"]
    return found


def test_bill_of_materials_names_exactly_what_the_layers_install(components: list[dict[str, Any]]) -> None:
    requirements = "".join(path.read_text() for path in (ROOT / "layers" / "dependencies").glob("requirements*.txt"))
    locked = re.findall(r"^([\w.-]+)==([\w.]+)", requirements, flags=re.MULTILINE)
    assert len(locked) > 10
    assert sorted((_normal(one["name"]), one["version"]) for one in components) == sorted(locked)


def test_bill_of_materials_has_a_licence_and_an_address_for_each(components: list[dict[str, Any]]) -> None:
    assert [one["name"] for one in components if not one.get("licenses")] == []
    assert {one["purl"].partition("/")[0] for one in components} == {"pkg:pypi"}


def test_licences_of_what_is_shipped_are_allowed() -> None:
    subprocess.run(["make", "licences"], cwd=ROOT, check=True, capture_output=True)


def test_every_package_of_the_project_has_its_row_in_the_documentation() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    named = re.findall(r'^    "([\w-]+)|\["([\w-]+)[=>]=', project.partition("[tool.uv]")[0], flags=re.MULTILINE)
    rows = re.findall(r"^\| ([\w, -]+) \|", (ROOT / "docs" / "dependencies.md").read_text(), flags=re.MULTILINE)
    documented = {name for row in rows for name in row.split(", ")}
    assert {first or second for first, second in named} <= documented


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
