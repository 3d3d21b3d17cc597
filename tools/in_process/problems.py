"""The expected form of problem responses (RFC 9457)."""

from typing import Final

from tools.in_process.api import Answer

MEMBERS: Final = {"type", "title", "status", "detail", "instance", "code", "request_id"}
RETRIED: Final = {"idempotency_key_in_use", "service_unavailable", "too_many_requests"}


def differences(answer: Answer, status: int, code: str) -> list[str]:
    """Return how a response differs from this refusal; empty if it does not."""
    try:
        body = answer.json
    except ValueError:
        return [f"{answer.status}, no problem: {answer.text}"]
    request_id = answer.headers.get("x-request-id")
    expected = {
        "status": (answer.status, status),
        "members": (body.keys(), MEMBERS | ({"errors"} if status == 422 else set())),
        "body's status": (body.get("status"), status),
        "code": (body.get("code"), code),
        "type": (body.get("type"), f"/docs/errors#{code}"),
        "request id": (body.get("request_id"), request_id),
        "instance": (body.get("instance"), f"/requests/{request_id}"),
        "media type": (answer.headers.get("content-type"), "application/problem+json"),
        "WWW-Authenticate": ("www-authenticate" in answer.headers, code == "invalid_token"),
        "Retry-After": ("retry-after" in answer.headers, code in RETRIED),
    }
    return [f"{what}: {found}, not {wanted}" for what, (found, wanted) in expected.items() if found != wanted]
