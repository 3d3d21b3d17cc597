"""docs/security.md: its rows and the tests marked with their ids are the same, and its events are those of the code."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from lambdo.base import events

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = {row[0]: row for row in re.findall(r"^\| ([A-Z]\d\d) \| (.+) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)}


@cache
def marked() -> dict[str, dict[str, list[str]]]:
    """Map each id of the marker `check` to the files that use it, and each of these to its tests in their order."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(TESTS.rglob("test_*.py")):
        for test in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(test, ast.FunctionDef):
                for row in _ids(test):
                    found[row][path.relative_to(TESTS).as_posix()].append(test.name.removeprefix("test_"))
    return found


def _ids(test: ast.FunctionDef) -> Iterator[str]:
    for decorator in test.decorator_list:
        match decorator:
            case ast.Call(func=ast.Attribute(attr="check"), args=ids):
                yield from (row.value for row in ids if isinstance(row, ast.Constant) and isinstance(row.value, str))


def test_every_row_has_a_test_and_every_test_a_row() -> None:
    assert set(ROWS) == set(marked())


def test_ids_stand_once_and_in_order() -> None:
    ids = re.findall(r"^\| ([A-Z]\d\d) \|", PAGE, re.MULTILINE)
    assert len(ids) == len(set(ids)) == len(ROWS)
    for letter in "ATPHI":
        group = [row for row in ids if row.startswith(letter)]
        assert group == sorted(group)


@pytest.mark.parametrize("row", sorted(ROWS))
def test_row_names_its_tests(row: str) -> None:
    tests = "; ".join(f"`{file}`: {', '.join(names)}" for file, names in marked()[row].items())
    assert ROWS[row][3] == tests


def test_page_explains_every_event_and_no_other() -> None:
    assert set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE)) == set(events.Event.__value__.__args__)
