"""Every request of every endpoint, with every fault at each of its calls: the answer, the table, and the client's retry."""

from pathlib import Path

import pytest

from tests.endpoints import ENDPOINTS
from tools.fault_matrix.matrix import Matrix, requests
from tools.fault_matrix.page import render
from tools.in_process.endpoints import Request

PAGE = Path(__file__).parents[2] / "docs" / "fault-matrix.md"
REQUESTS = requests(ENDPOINTS)


@pytest.mark.check("I08")
@pytest.mark.parametrize("request_", REQUESTS, ids=str)
def test_whatever_fails_the_answer_is_true_the_rules_hold_and_a_retry_is_safe(
    matrix: Matrix, request_: Request
) -> None:
    assert matrix.run(request_).wrong == []


def test_page_shows_what_comes_of_every_fault(matrix: Matrix) -> None:
    page = render([matrix.run(request) for request in REQUESTS])
    assert PAGE.read_text(encoding="utf-8") == page, "Run make fault-matrix."
