"""What comes of each error code of DynamoDB, SSM and SES at an endpoint: one answer for each meaning, and nothing written."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.table.error_codes import MEANINGS, Meaning
from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, Answer, Api, Caller
from tools.in_process.network import Network, cancelled, error
from tools.in_process.table import uncounted

type Dump = Callable[[], list[dict[str, Any]]]

MOST = 12  # attempts: three of botocore's for each of four of ours
REASONS = [
    "AccessDenied", "ConditionalCheckFailed", "DuplicateItem", "InternalServerError", "ItemCollectionSizeLimitExceeded",
    "ProvisionedThroughputExceeded", "RequestLimitExceeded", "ResourceNotFound", "ThrottlingError", "TransactionConflict",
    "ValidationError",
]  # fmt: skip
OF_MAILS_AND_PARAMETERS = {Meaning.MISSING, Meaning.REFUSED}
ANSWERS: dict[Meaning, tuple[int, str]] = {
    Meaning.FAULT: (500, "internal_error"),
    Meaning.FULL: (409, "storage_full"),
    Meaning.CONFLICT: (503, "service_unavailable"),
    Meaning.THROTTLED: (503, "service_unavailable"),
    Meaning.TRANSIENT: (503, "service_unavailable"),
}


def assert_answered(answer: Answer, code: str, condition: tuple[int, str]) -> None:
    """Check the answer to an error, that it does not name the error, and that exactly what is our fault is logged as one."""
    expected = (ANSWERS | {Meaning.CONDITION: condition})[MEANINGS[code]]
    assert_problem(answer, *expected)
    assert code not in answer.text
    assert ("unhandled exception" in answer.log) == (expected[0] == 500)
    if expected[0] == 500:
        assert code in answer.log
    if expected[0] == 503:
        assert json.loads(answer.log)["reason"] == MEANINGS[code].name.lower()


@pytest.mark.check("H08")
@pytest.mark.parametrize("code", sorted(c for c, m in MEANINGS.items() if m not in OF_MAILS_AND_PARAMETERS))
def test_code_of_a_single_write_is_answered_as_it_is_meant(
    user: Caller, network: Network, dump: Dump, code: str
) -> None:
    task = user.create_task()
    before = uncounted(dump())
    network.plan = [error(code)] * MOST
    answer = user.call("PUT", f"tasks/{task['id']}", {"title": "new"})
    assert_answered(answer, code, (404, "task_not_found"))  # the error brings no standing item
    assert uncounted(dump()) == before


@pytest.mark.parametrize("code", REASONS)
def test_reason_of_a_cancelled_transaction_is_answered_as_it_is_meant(
    user: Caller, network: Network, dump: Dump, code: str
) -> None:
    before = uncounted(dump())
    network.plan = [cancelled(code, "None", "None")] * MOST
    answer = user.call("POST", "tags", {"name": "new"})
    assert_answered(answer, code, (409, "tag_already_exists"))
    assert uncounted(dump()) == before
    repeated = MEANINGS[code] in {Meaning.CONFLICT, Meaning.THROTTLED, Meaning.TRANSIENT}
    assert MOST - len(network.plan) == (4 if repeated else 1)


@pytest.mark.parametrize(
    ("reasons", "status", "code", "attempts"),
    [
        (["ConditionalCheckFailed", "TransactionConflict", "None"], 409, "tag_already_exists", 1),
        (["TransactionConflict", "None", "ConditionalCheckFailed"], 404, "user_not_found", 1),
        (["ThrottlingError", "ConditionalCheckFailed", "ValidationError"], 404, "user_not_found", 1),
        (["TransactionConflict", "ValidationError", "None"], 500, "internal_error", 1),
        (["ItemCollectionSizeLimitExceeded", "AccessDenied", "None"], 500, "internal_error", 1),
        (["TransactionConflict", "ItemCollectionSizeLimitExceeded", "None"], 409, "storage_full", 1),
        (["ThrottlingError", "None", "TransactionConflict"], 503, "service_unavailable", 4),
        (["SomethingNew", "None", "ThrottlingError"], 500, "internal_error", 1),
        (["None", "None", "None"], 500, "internal_error", 1),
        ([], 500, "internal_error", 1),
    ],
    ids=str,
)
def test_of_several_reasons_the_one_that_no_repetition_cures_decides(
    user: Caller, network: Network, dump: Dump, reasons: list[str], status: int, code: str, attempts: int
) -> None:
    before = uncounted(dump())
    network.plan = [cancelled(*reasons)] * MOST
    assert_problem(user.call("POST", "tags", {"name": "new"}), status, code)
    assert MOST - len(network.plan) == attempts
    assert uncounted(dump()) == before


def test_throttling_that_names_its_reasons_is_answered_503_without_them(user: Caller, network: Network) -> None:
    reasons = [
        {"reason": "TableWriteKeyRangeThroughputExceeded", "resource": "arn:aws:dynamodb:eu-central-1:1:table/T"}
    ]
    network.plan = [error("ThrottlingException", throttlingReasons=reasons)] * 3
    answer = user.call("POST", "tasks", {"title": "new"})
    assert_problem(answer, 503, "service_unavailable")
    assert "KeyRange" not in answer.text


@pytest.mark.parametrize(
    ("code", "status"),
    [("AccessDeniedException", 500), ("ExpiredTokenException", 500), ("InvalidKeyId", 500), ("ParameterNotFound", 500),
     ("ParameterVersionNotFound", 500), ("InternalServerError", 503), ("ThrottlingException", 503), ("TooManyUpdates", 503)],
)  # fmt: skip
def test_code_of_parameter_store_is_answered_500_or_503_and_the_keys_are_read_again_next_time(
    api: Api, user: Caller, setting: Callable[..., None], ssm: Network, code: str, status: int
) -> None:
    setting()  # forgets the keys that this process has read
    ssm.plan = [error(code)] * MOST
    body = {"email": user.email, "password": PASSWORD}
    assert_problem(
        api.call("POST", "/api/auth/login", body),
        status,
        {500: "internal_error", 503: "service_unavailable"}[status],
    )
    ssm.plan = []
    assert api.call("POST", "/api/auth/login", body).status == 200
