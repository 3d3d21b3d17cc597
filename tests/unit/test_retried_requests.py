"""Requests of end-to-end tests are sent again while the machine is busy, and for nothing else."""

from typing import Any

import httpx
import pytest

from tests.support.http_api import sent

BUSY: list[tuple[int, dict[str, Any]]] = [
    (503, {"code": "service_unavailable"}),
    (503, {"message": "Service Unavailable"}),
    (504, {"message": "Endpoint request timed out"}),
    (500, {"message": "Internal Server Error"}),
    (409, {"code": "idempotency_key_in_use"}),
]
TOLD: list[tuple[int, dict[str, Any]]] = [
    (201, {"id": "1"}),
    (401, {"code": "invalid_credentials"}),
    (409, {"code": "email_already_exists"}),
    (429, {"code": "too_many_requests"}),
    (500, {"code": "internal_error"}),
]


@pytest.mark.parametrize(("status", "body"), TOLD)
def test_request_is_sent_until_its_response_says_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any]
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    responses = [httpx.Response(status, json=body) for status, body in [*BUSY, (status, body), (200, {})]]
    found = sent(lambda: responses.pop(0))
    assert (found.answer.status_code, found.answer.json(), found.lost) == (status, body, len(BUSY))
