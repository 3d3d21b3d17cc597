"""Problems, and that docs/errors.md says the same."""

import re
from pathlib import Path

import pytest

from lambdo.base import problems
from lambdo.base.problems import PreconditionFailed, Problem, ServiceUnavailable, TooManyRequests, Unauthenticated

ROOT = Path(__file__).parents[2]
CLASSES = Problem.__subclasses__()
ROW = re.compile(r"^\| (\d{3}) \| `?([a-z_]+)`? \|", re.MULTILINE)


def test_page_on_errors_has_a_row_for_each_problem_and_no_other() -> None:
    rows = ROW.findall((ROOT / "docs" / "errors.md").read_text(encoding="utf-8"))
    assert len(rows) == len(set(rows))
    assert {(int(status), code) for status, code in rows} == {(one.status, one.code) for one in CLASSES}


def test_page_on_errors_has_an_anchor_for_each_type() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert {one.code for one in CLASSES} == set(re.findall(r'<a id="([a-z_]+)"></a>', page))


def test_hierarchy_in_the_docstring_is_that_of_the_classes() -> None:
    lines = re.findall(r"[├└]── (\w+) (\d{3}) +(\w+)", problems.__doc__ or "")
    assert lines == [(one.__name__, str(one.status), one.code) for one in CLASSES]


def test_codes_are_unique() -> None:
    assert len({one.code for one in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("problem", CLASSES, ids=lambda one: one.code)
def test_problem_has_a_title_and_a_sentence(problem: type[Problem]) -> None:
    assert problem.__doc__
    assert 400 <= problem.status < 600
    assert re.fullmatch(r"[A-Z][A-Za-z -]+", problem.title)
    assert re.fullmatch(r"[A-Z].+\.", problem.default_detail)


def test_problems_carry_the_headers_that_belong_to_them() -> None:
    assert Unauthenticated().headers == {"www-authenticate": 'Bearer error="invalid_token"'}
    assert PreconditionFailed(current_version=3).headers == {"etag": '"v3"'}
    assert ServiceUnavailable().headers == {"retry-after": "1"}
    assert TooManyRequests("log_in_failures", 5, 900, 7).headers == {
        "retry-after": "7",
        "ratelimit-policy": '"log_in_failures";q=5;w=900',
        "ratelimit": '"log_in_failures";r=0;t=7',
    }
