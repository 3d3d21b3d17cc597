"""GET /api/health."""

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import Api
from tools.in_process.network import READ_TIMEOUT, UNREACHABLE, Fault, Network, error


def test_table_that_answers_is_answered_200(api: Api) -> None:
    answer = api.call("GET", "/api/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})


@pytest.mark.check("I08")
@pytest.mark.parametrize(
    "fault",
    [READ_TIMEOUT, UNREACHABLE, error("InternalServerError", 500)],
    ids=["timeout", "unreachable", "internal error"],
)
def test_table_that_does_not_answer_is_answered_503(api: Api, network: Network, fault: Fault) -> None:
    network.plan = [fault] * 3
    answer = api.call("GET", "/api/health")
    assert_problem(answer, 503, "service_unavailable")
    assert answer.headers["retry-after"] == "1"
