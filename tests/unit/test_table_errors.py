"""The store's calls when DynamoDB fails: every code is mapped, own writes that were sent again are recognised."""

import os
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.exceptions import ConnectionError as NoConnectionError

from lambdo.base.metering import meter
from lambdo.base.problems import ServiceUnavailable
from lambdo.table import aws, writes
from lambdo.table import calls as table
from lambdo.table.aws import AwsError
from lambdo.table.calls import ConditionFailedError, TransactionRefusedError
from tools.in_process.network import CONNECT_TIMEOUT, LOST, READ_TIMEOUT, UNREACHABLE, Fault, Network, cancelled, error
from tools.local.application import Application

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
TRANSIENT = [
    ("InternalServerError", 500),
    ("LimitExceededException", 400),
    ("ProvisionedThroughputExceededException", 400),
    ("RequestLimitExceeded", 400),
    ("ServiceUnavailable", 503),
    ("ThrottlingException", 400),
    ("TransactionInProgressException", 400),
    ("AnythingElse", 500),
    ("AnythingElse", 502),
    ("", 503),
    ("", 504),
]
SURFACING = [
    "AccessDeniedException", "IncompleteSignatureException", "MissingAuthenticationTokenException",
    "ResourceNotFoundException", "UnrecognizedClientException", "ValidationException",
    "IdempotentParameterMismatchException", "SomethingNew",
]  # fmt: skip
KEY = ("USER#table", "TASK#errors")
ITEM: dict[str, Any] = {"pk": KEY[0], "sk": KEY[1], "n": 1, "b": True, "l": ["x", {"m": 1}], "s": "", "no": None}


def kinds_of(*bases: type[BotoCoreError]) -> set[type[BotoCoreError]]:
    """Return the exceptions with everything that is derived from them."""
    return {kind for base in bases for kind in (base, *kinds_of(*base.__subclasses__()))}


@pytest.fixture(autouse=True)
def _clean(application: Application) -> None:
    client = aws.client("dynamodb")
    client.delete_item(TableName=os.environ["TABLE_NAME"], Key={"pk": {"S": KEY[0]}, "sk": {"S": KEY[1]}})


@pytest.mark.parametrize(("code", "status"), TRANSIENT)
def test_transient_error_is_service_unavailable(network: Network, code: str, status: int) -> None:
    network.plan = [error(code, status)] * 3
    with pytest.raises(ServiceUnavailable):
        table.get(*KEY)


@pytest.mark.parametrize("fault", [READ_TIMEOUT, CONNECT_TIMEOUT, UNREACHABLE], ids=repr)
def test_no_answer_is_service_unavailable_after_3_attempts(network: Network, fault: Fault) -> None:
    network.plan = [fault] * 3
    with pytest.raises(ServiceUnavailable):
        table.get(*KEY)
    assert len(network.sent) == 3


@pytest.mark.parametrize(
    "kind", sorted(kinds_of(NoConnectionError, HTTPClientError), key=str), ids=lambda one: one.__name__
)
def test_each_way_of_getting_no_answer_is_service_unavailable(network: Network, kind: type[BotoCoreError]) -> None:
    words = dict.fromkeys(("endpoint_url", "error", "proxy_url"), "injected")
    network.plan = [kind(**words)] * 3
    with pytest.raises(ServiceUnavailable):
        table.get(*KEY)


@pytest.mark.parametrize("fault", [NoCredentialsError(), CredentialRetrievalError(provider="env", error_msg="expired"),
                                   ParamValidationError(report="injected")], ids=repr)  # fmt: skip
def test_fault_that_botocore_itself_finds_surfaces_at_once(network: Network, fault: BotoCoreError) -> None:
    network.plan = [fault]
    with pytest.raises(type(fault)):
        table.get(*KEY)
    assert len(network.sent) == 1


@pytest.mark.parametrize("code", SURFACING)
def test_any_other_error_surfaces_at_once(network: Network, code: str) -> None:
    network.plan = [error(code)]
    with pytest.raises(AwsError) as caught:
        table.get(*KEY)
    assert caught.value.code == code
    assert len(network.sent) == 1


@pytest.mark.parametrize("reason", ["ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"])
def test_transaction_cancelled_by_throttling_4_times_is_service_unavailable(network: Network, reason: str) -> None:
    network.plan = [cancelled("None", reason)] * 4  # botocore repeats no cancelled transaction
    with pytest.raises(ServiceUnavailable):
        table.transact({"item": writes.create(ITEM)})
    assert len(network.sent) == 4


@pytest.mark.parametrize("reason", ["ValidationError", "AccessDenied", "DuplicateItem", "SomethingNew"])
def test_transaction_cancelled_by_anything_else_surfaces(network: Network, reason: str) -> None:
    network.plan = [cancelled("None", reason)]
    with pytest.raises(AwsError):
        table.transact({"item": writes.create(ITEM)})
    assert len(network.sent) == 1


def test_transaction_refused_by_a_condition_names_the_writes_and_the_items(network: Network) -> None:
    table.put(ITEM)
    with pytest.raises(TransactionRefusedError) as caught:
        table.transact(
            {
                "free": writes.create({"pk": KEY[0], "sk": "TASK#free"}),
                "taken": writes.create({"pk": KEY[0], "sk": KEY[1]}),
            }
        )
    standing = {name: value for name, value in ITEM.items() if value is not None}
    assert caught.value.failed == {"taken"}
    assert caught.value.currents["taken"] == standing
    assert table.get(KEY[0], "TASK#free") is None


def test_condition_and_conflict_together_are_a_refusal(network: Network) -> None:
    network.plan = [cancelled("ConditionalCheckFailed", "TransactionConflict")]
    with pytest.raises(TransactionRefusedError) as caught:
        table.transact({"item": writes.create(ITEM)})
    assert caught.value.currents == {"item": None}
    assert len(network.sent) == 1


@pytest.mark.parametrize(("conflicts", "calls"), [(0, 1), (1, 2), (3, 4)])
def test_conflict_is_tried_up_to_3_times_more(network: Network, conflicts: int, calls: int) -> None:
    network.plan = [error("TransactionConflictException")] * conflicts
    table.put(ITEM)
    assert (len(network.sent), len(network.slept)) == (calls, conflicts)
    assert all(0.02 <= pause <= 0.1 for pause in network.slept)


def test_4_conflicts_are_service_unavailable(network: Network) -> None:
    network.plan = [cancelled("TransactionConflict")] * 4
    with pytest.raises(ServiceUnavailable):
        table.transact({"item": writes.create(ITEM)})
    assert len(network.sent) == 4


def test_transaction_that_was_applied_met_a_conflict_and_was_repeated_here_has_1_effect(network: Network) -> None:
    table.put(ITEM)
    network.plan = [LOST, cancelled("TransactionConflict", "None")]
    counted = writes.update(*KEY, {}, condition=writes.EXISTS, add={"n": 1})
    table.transact({"counted": counted, "made": writes.create({"pk": KEY[0], "sk": "TASK#made"})})
    assert network.sent[1:] == ["TransactWriteItems"] * 3
    standing = table.get(*KEY)
    assert standing is not None
    assert standing["n"] == 2
    table.delete(writes.delete(KEY[0], "TASK#made"))


def test_transactions_have_a_token_each(network: Network) -> None:
    table.put(ITEM)
    for _ in range(2):
        table.transact({"counted": writes.update(*KEY, {}, condition=writes.EXISTS, add={"n": 1})})
    standing = table.get(*KEY)
    assert standing is not None
    assert standing["n"] == 3


def test_put_that_was_applied_and_sent_again_succeeds(network: Network) -> None:
    network.plan = [LOST]
    table.put(ITEM)
    assert network.sent == ["PutItem", "PutItem"]


def test_put_that_was_applied_changed_by_another_and_sent_again_succeeds_and_keeps_the_change(network: Network) -> None:
    network.plan = [LOST, lambda: table.update(writes.update(*KEY, {"n": 2}, condition="n = :n", values={":n": 1}))]
    table.put(ITEM)
    standing = table.get(*KEY)
    assert standing is not None
    assert standing["n"] == 2


def test_put_over_another_item_fails_with_it(network: Network) -> None:
    table.put(ITEM)
    with pytest.raises(ConditionFailedError) as caught:
        table.put({**ITEM, "n": 2})
    assert caught.value.current == {name: value for name, value in ITEM.items() if value is not None}


def test_delete_that_was_applied_and_sent_again_succeeds(network: Network) -> None:
    table.put(ITEM)
    network.plan = [LOST]
    table.delete(writes.delete(*KEY))
    assert table.get(*KEY) is None


def test_delete_that_was_applied_met_a_conflict_and_was_repeated_here_succeeds(network: Network) -> None:
    table.put(ITEM)
    network.plan = [LOST, error("TransactionConflictException")]
    table.delete(writes.delete(*KEY))
    assert network.sent[1:] == ["DeleteItem"] * 3


def test_delete_of_nothing_fails(network: Network) -> None:
    with pytest.raises(ConditionFailedError) as caught:
        table.delete(writes.delete(*KEY))
    assert caught.value.current is None


def test_delete_sent_again_that_finds_another_state_fails_with_it(network: Network) -> None:
    table.put(ITEM)
    network.plan = [READ_TIMEOUT]
    with pytest.raises(ConditionFailedError) as caught:
        table.delete(writes.delete(*KEY, condition="n = :n", values={":n": 2}))
    assert caught.value.current is not None


def test_update_sets_removes_and_counts_in_1_call(network: Network) -> None:
    table.put(ITEM)
    meter.reset()
    change = {"s": "new", "b": None}
    after = table.update_and_get(writes.update(*KEY, change, condition="n = :n", values={":n": 1}, add={"n": 1}))
    assert after == {"pk": KEY[0], "sk": KEY[1], "n": 2, "l": ["x", {"m": 1}], "s": "new"}
    assert (meter.calls, meter.units) == (1, 1)
    with pytest.raises(ConditionFailedError) as caught:
        table.update(writes.update(*KEY, {"s": "newer"}, condition="n = :n", values={":n": 1}))
    assert caught.value.current == after
