"""Every function has the time that its calls can take at worst (docs/decisions/0023), and the gateway waits that long."""

from typing import Any

import pytest
from botocore.retries.standard import ExponentialBackoff

from functions.finish_deletions.app import _SPARE_MS
from functions.provision_keys.app import SECONDS
from lambdo.base.budget import ANSWER
from lambdo.table import aws
from lambdo.table import calls as table
from tests.support.template import FUNCTIONS, function, granted, resources, routes

GATEWAY = 30.0  # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
GATEWAYS_AUTHORIZER = 10.0  # the same page
INIT = 10.0  # https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
ASYNC_RETRIES = [60.0, 120.0]  # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html

CONFIG: Any = aws.CONFIG
ATTEMPTS: int = CONFIG.retries["total_max_attempts"]
ONE: float = CONFIG.connect_timeout + CONFIG.read_timeout


class Attempt:
    """What botocore tells its back-off of an attempt that got no answer."""

    def __init__(self, number: int) -> None:
        self.attempt_number = number
        self.http_response = None


def back_off(attempt: int) -> float:
    """Return how long botocore waits at most after an attempt."""
    longest: Any = ExponentialBackoff
    return float(longest(random=lambda: 1.0).delay_amount(Attempt(attempt)))


WAITS = [back_off(attempt) for attempt in range(1, ATTEMPTS)]
LAST_BEGINS = (ATTEMPTS - 1) * ONE + sum(WAITS)  # seconds after the call began
CALL = LAST_BEGINS + ONE


def needed(calls: int, reserved: float = ANSWER) -> float:
    """Return the time for so many calls, each of which needs its last attempt: the budget must let that one begin."""
    return (calls - 1) * CALL + LAST_BEGINS + aws.ATTEMPT + reserved


def timeout(folder: str) -> float:
    return float(function(folder).get("Timeout", 15))


def test_figures_of_the_decision() -> None:
    assert CONFIG.retries["mode"] == "standard"
    assert (ATTEMPTS, ONE, WAITS) == (3, 3, [1, 2])
    assert (LAST_BEGINS, CALL, aws.ATTEMPT, ANSWER) == (9, 12, 5, 0.5)


def test_attempt_is_reckoned_with_the_longest_wait_after_it() -> None:
    assert ONE + max(WAITS) == aws.ATTEMPT


def test_own_waits_are_no_longer_than_botocores() -> None:
    assert max(WAITS) >= 0.1  # after a conflict
    assert max(WAITS) >= 0.05 * 2 ** (table.BATCH_ATTEMPTS - 1)


@pytest.mark.parametrize("folder", sorted(filter(routes, FUNCTIONS)))
def test_endpoint_has_time_for_3_attempts_and_the_gateway_for_the_endpoint_and_a_cold_start(folder: str) -> None:
    assert needed(1) <= timeout(folder)
    assert INIT + timeout(folder) <= GATEWAY


def test_authorizer_calls_nothing_and_ends_when_the_gateway_stops_waiting() -> None:
    assert granted("authorizer") == {}
    assert timeout("authorizer") <= GATEWAYS_AUTHORIZER


def test_mail_can_be_sent_though_each_of_its_5_calls_needs_3_attempts() -> None:
    assert needed(5) <= timeout("send_mail")


def test_deletion_can_be_touched_after_a_call_that_failed_when_time_was_almost_up() -> None:
    assert CALL + needed(1) <= _SPARE_MS / 1000 < timeout("finish_deletions") / 2


def test_keys_that_cannot_be_made_are_told_to_cloudformation_in_time() -> None:
    assert needed(1, reserved=2 * SECONDS + ANSWER) <= timeout("provision_keys")
    (waits,) = (one["Properties"]["ServiceTimeout"] for one in resources("Custom::SigningKeys").values())
    assert 3 * timeout("provision_keys") + sum(ASYNC_RETRIES) <= waits


def test_every_function_has_its_rule_here() -> None:
    without_route = {name for name in FUNCTIONS if not routes(name)}
    assert without_route == {"authorizer", "finish_deletions", "provision_keys", "send_mail"}
