"""Every request of every endpoint, with every fault at each of its calls: the answer, the table, and the client's retry."""

import pytest

from tests.faults.cases import CASES, Case
from tests.faults.matrix import Matrix


@pytest.mark.check("I08")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_whatever_fails_the_answer_is_true_the_rules_hold_and_a_retry_is_safe(matrix: Matrix, case: Case) -> None:
    assert matrix.run(case).wrong == []
