"""What Schemathesis may pass over, and what not."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse

from tests.fuzz.hooks import filter_failure

GATEWAY_404 = {"message": "Not Found"}


def is_failure(kind: type[Failure], status: int, answer: Any, sent: Any = None) -> bool:
    failure = kind.__new__(kind)
    response = SimpleNamespace(
        status_code=status,
        content=json.dumps(answer, separators=(",", ":")).encode(),
        json=lambda: answer,
    )
    found: bool = filter_failure(None, failure, SimpleNamespace(body=sent), response)
    return found


def refused(*types: str, code: str = "invalid_fields") -> dict[str, Any]:
    return {"code": code, **({"errors": [{"type": one} for one in types]} if types else {})}


@pytest.mark.parametrize(
    ("status", "answer", "wrong"),
    [(404, GATEWAY_404, False), (404, {"code": "task_not_found"}, True), (415, {}, True), (200, {}, True)],
)
def test_unsupported_method_may_be_answered_404_by_the_gateway_alone(status: int, answer: Any, wrong: bool) -> None:
    assert is_failure(UnsupportedMethodResponse, status, answer) is wrong


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (refused(code="precondition_failed"), False),
        (refused("password_common"), False),
        (refused("password_common", "string_too_short"), True),
        (refused(code="malformed_header"), True),
        ({"message": "Bad Request"}, True),
    ],
)
def test_valid_request_may_be_refused_for_what_the_server_knows_alone(answer: Any, wrong: bool) -> None:
    assert is_failure(RejectedPositiveData, 400, answer) is wrong


@pytest.mark.parametrize(
    ("sent", "wrong"), [({"title": "a "}, False), ([{"a": ["\x85b"]}], False), ({"title": "a"}, True)]
)
def test_invalid_request_may_be_accepted_with_padding_alone(sent: Any, wrong: bool) -> None:
    assert is_failure(AcceptedNegativeData, 201, {}, sent) is wrong


def test_any_other_failure_is_one() -> None:
    assert is_failure(Failure, 500, {})
