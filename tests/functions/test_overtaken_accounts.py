"""Changes of an account that others overtake at every attempt."""

import itertools

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, Caller, Json
from tools.in_process.network import PASS, Fault, Network

ME, SESSIONS = "/api/auth/me", "/api/auth/sessions"
NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "another horse, another staple"}


@pytest.mark.parametrize(
    ("method", "path", "body", "throttles", "reads"),
    [
        ("PATCH", ME, {"name": "Ada"}, 0, 1),
        ("DELETE", ME, {"password": PASSWORD}, 1, 2),
        ("POST", "/api/auth/password", NEW_PASSWORD, 1, 2),
        ("DELETE", SESSIONS, None, 0, 1),
    ],
)
def test_others_that_are_faster_4_times_are_answered_503_after_4_reads(
    user: Caller, network: Network, method: str, path: str, body: Json | None, throttles: int, reads: int
) -> None:
    names = itertools.count()

    def rival() -> None:
        """Change the profile's version and the account's epoch."""
        assert user.call("PATCH", ME, {"name": f"faster {next(names)}"}).status == 200
        assert user.call("DELETE", SESSIONS).status == 204

    attempt: list[Fault] = [*[PASS] * reads, rival, *[PASS] * 5]
    network.plan = [*[PASS] * throttles, *attempt * 4]
    assert_problem(user.call(method, path, body), 503, "service_unavailable")
    assert network.plan == []
    assert len(network.sent) == throttles + 4 * (reads + 1 + 5)
