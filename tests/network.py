"""The wire under botocore: sends as ever, but for planned faults. Retries, parsing and signing stay botocore's own."""

import json
from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

READ_TIMEOUT = ReadTimeoutError(endpoint_url="http://dynamodb")
CONNECT_TIMEOUT = ConnectTimeoutError(endpoint_url="http://dynamodb")
UNREACHABLE = EndpointConnectionError(endpoint_url="http://dynamodb")
LOST = "applied, but the answer is lost"
PASS = "no fault"

# The process ends here: no `except Exception` catches it, and nothing after it runs.
CRASH = KeyboardInterrupt("crash")
APPLIED_CRASH = "applied, and then the process ends"

type Fault = AWSResponse | BaseException | str | Callable[[], object]


class Network:
    """Takes the place of a client's HTTP session; each request meets the next fault of the plan, or none.

    A callable in the plan runs whole before the request goes out: what others do between two steps of a function.
    """

    def __init__(self, client: Any) -> None:
        self.plan: list[Fault] = []
        self.sent: list[str] = []  # operations, repeated ones included
        self.slept: list[float] = []
        self._session = client._endpoint.http_session
        client._endpoint.http_session = self

    def send(self, request: Any) -> Any:
        target = request.headers.get("X-Amz-Target", b"").decode()  # SES has paths instead
        self.sent.append(target.partition(".")[2] or request.url.rpartition("/")[2])
        fault = self.plan.pop(0) if self.plan else PASS
        if isinstance(fault, BaseException):
            raise fault
        if callable(fault) and not isinstance(fault, AWSResponse):
            Context().run(fault)  # what others do is not the function's own
        if isinstance(fault, AWSResponse):
            return fault
        answer = self._session.send(request)
        if fault == LOST:
            raise READ_TIMEOUT
        if fault == APPLIED_CRASH:
            raise CRASH
        return answer


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def error(code: str, status: int = 400, **members: Any) -> AWSResponse:
    """Return DynamoDB's answer for an error."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "injected", **members}
    headers = HTTPHeaders()
    headers["content-type"] = "application/x-amz-json-1.0"
    return AWSResponse("http://dynamodb", status, headers, _Raw(json.dumps(body).encode()))


def cancelled(*reasons: str) -> AWSResponse:
    """Return DynamoDB's answer for a transaction cancelled for these reasons, one per write; `None` is an innocent one."""
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(reasons)}]"
    codes = [{"Code": reason} for reason in reasons]
    return error("TransactionCanceledException", message=message, CancellationReasons=codes)
