"""Every request of every endpoint, with every fault at each of its calls: the answer, the table, and the client's retry.

With FAULT_MATRIX=write the page of results is written, as `make fault-matrix` does; otherwise it is compared.
"""

import os
from pathlib import Path

import pytest

from tests.faults.cases import CASES, Case
from tests.faults.matrix import Matrix
from tests.faults.page import render
from tools.local.application import Application

PAGE = Path(__file__).parents[2] / "docs" / "fault-matrix.md"


def test_cases_are_of_every_route_of_the_template_but_pages_which_call_nothing(application: Application) -> None:
    routes = [route for route in application.routes if route.path.startswith(("/api/", "/.well-known/"))]
    assert {(case.method, case.route) for case in CASES} == {(route.method, route.path) for route in routes}


@pytest.mark.check("I08")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_whatever_fails_the_answer_is_true_the_rules_hold_and_a_retry_is_safe(matrix: Matrix, case: Case) -> None:
    assert matrix.run(case).wrong == []


def test_page_shows_what_comes_of_every_fault(matrix: Matrix) -> None:
    page = render([matrix.run(case) for case in CASES])
    if os.environ.get("FAULT_MATRIX") == "write":
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "make fault-matrix writes it anew"
