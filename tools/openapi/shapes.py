"""Response bodies that no function declares: those of refusals and of the gateway."""

from typing import TypedDict

from lambdo.tasks.bulk import ProblemInBulk


class Problem(ProblemInBulk):
    """Problem details (RFC 9457)."""

    instance: str
    request_id: str
    """Include it in reports; also in `X-Request-Id`."""


class GatewayMessage(TypedDict):
    """The body of a response that comes from API Gateway instead of a function."""

    message: str
