"""What imports what among tests and tools."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.template import ROOT


def imported(path: Path) -> Iterator[str]:
    """Yield each module, and each name of a module, that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{one.name}" for one in names)


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", files("tools"), ids=named)
def test_no_tool_imports_tests(path: Path) -> None:
    assert not [name for name in imported(path) if name.split(".")[0] == "tests"]


@pytest.mark.parametrize("path", files("tests"), ids=named)
def test_no_test_file_is_imported_as_a_library_and_benchmarks_only_where_they_are_tested(path: Path) -> None:
    names = [name.split(".") for name in imported(path)]
    modules = [name for name in names if name[0] == "tests"]
    assert not [name for name in modules if any(part.startswith("test_") or part == "conftest" for part in name)]
    if not named(path).startswith("tests/unit/test_bench"):
        assert not [name for name in names if name[:2] == ["tools", "bench"]]
