"""Every error code that AWS declares for what we call has its meaning in the table, and the table has no other."""

import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.retries import standard

from lambdo.table.error_codes import MEANINGS, Meaning, meaning
from tests.support.called import called

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
PROGRAMMING_ERRORS = {
    "AccessDeniedException", "ConditionalCheckFailedException", "IncompleteSignatureException", "InternalServerError",
    "ItemCollectionSizeLimitExceededException", "LimitExceededException", "MissingAuthenticationTokenException",
    "ProvisionedThroughputExceededException", "ReplicatedWriteConflictException", "RequestLimitExceeded",
    "ResourceInUseException", "ResourceNotFoundException", "ServiceUnavailable", "ThrottlingException",
    "UnrecognizedClientException", "ValidationException",
}  # fmt: skip
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
COMMON_ERRORS = {
    "AccessDeniedException", "ExpiredTokenException", "IncompleteSignature", "InternalFailure", "MalformedHttpRequestException",
    "NotAuthorized", "OptInRequired", "RequestAbortedException", "RequestEntityTooLargeException", "RequestExpired",
    "RequestTimeoutException", "ServiceUnavailable", "ThrottlingException", "UnknownOperationException",
    "UnrecognizedClientException", "ValidationError",
}  # fmt: skip
ROOT = Path(__file__).parents[2]
SESSION = botocore.session.get_session()


def declared(service: str) -> set[str]:
    """Return the error codes of the operations that our sources call."""
    model: Any = SESSION.get_service_model(service)
    names = {name.lower(): name for name in model.operation_names}
    operations = (names[called_name.replace("_", "")] for called_name in called()[service])
    return {shape.error_code for name in operations for shape in model.operation_model(name).error_shapes}


def reasons() -> set[str]:
    """Return the codes that can stand in CancellationReasons; `None` is for a write that did nothing wrong."""
    model = SESSION.get_service_model("dynamodb")
    codes: Any = model.shape_for("BatchStatementErrorCodeEnum")  # the one place where botocore lists them
    documented = model.shape_for("TransactionCanceledException").documentation
    assert {code for code in codes.enum if f"Code: <code>{code}</code>" in documented} >= {
        "ConditionalCheckFailed",
        "TransactionConflict",
    }
    return set(codes.enum)


def test_sources_of_codes_are_not_empty() -> None:
    assert len(declared("dynamodb")) >= 12
    assert len(declared("ssm")) >= 17
    assert len(declared("sesv2")) >= 8
    assert len(reasons()) >= 11


@pytest.mark.parametrize("service", ["dynamodb", "ssm", "sesv2"])
def test_each_code_that_botocore_declares_for_an_operation_we_call_is_mapped(service: str) -> None:
    assert declared(service) - MEANINGS.keys() == set()


def test_each_reason_of_a_cancelled_transaction_is_mapped() -> None:
    assert reasons() - MEANINGS.keys() == set()


def test_each_code_of_awss_pages_is_mapped() -> None:
    assert (PROGRAMMING_ERRORS | COMMON_ERRORS) - MEANINGS.keys() == set()


def test_no_code_is_mapped_that_cannot_come() -> None:
    known = declared("dynamodb") | declared("ssm") | declared("sesv2") | reasons() | PROGRAMMING_ERRORS | COMMON_ERRORS
    assert MEANINGS.keys() - known == set()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(400, Meaning.FAULT), (403, Meaning.FAULT), (404, Meaning.FAULT), (408, Meaning.TRANSIENT), (429, Meaning.THROTTLED),
     (500, Meaning.TRANSIENT), (502, Meaning.TRANSIENT), (504, Meaning.TRANSIENT)],
)  # fmt: skip
def test_unknown_code_means_what_its_status_says(status: int, outcome: Meaning) -> None:
    assert meaning(["SomethingNew"], status) is outcome


@pytest.mark.parametrize("code", sorted(code for code, outcome in MEANINGS.items() if outcome is Meaning.CONFLICT))
def test_what_is_repeated_here_is_not_repeated_below(code: str) -> None:
    checkers: tuple[Any, ...] = (standard.ThrottledRetryableChecker, standard.TransientRetryableChecker)
    assert code not in checkers[0]._THROTTLED_ERROR_CODES + checkers[1]._TRANSIENT_ERROR_CODES


def test_page_on_reliability_says_the_same() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| .+ \| .+ \| (`.+`) \|$", page, re.MULTILINE)
    assert {code: Meaning[name.upper()] for name, codes in rows for code in codes.replace("`", "").split()} == MEANINGS
    assert [Meaning[name.upper()] for name, _ in rows] == list(Meaning)
