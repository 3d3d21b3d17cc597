"""The network under botocore: it works as usual except for planned faults. botocore still retries, parses and signs."""

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
PASS = "no fault"  # noqa: S105 - no password
UNDONE = "nothing of the batch is done"
CRASH = "the process ends"
APPLIED_CRASH = "applied, and then the process ends"

type Fault = AWSResponse | BaseException | str | Callable[[], object]


class Crash(BaseException):
    """The process ends here: no `except Exception` catches this, and no more calls are sent."""


class Network:
    """Replaces the HTTP sessions of clients; each request meets the next fault of the plan, or none.

    A callable in the plan runs completely before the request is sent: it is what others do between two calls of a
    function.
    """

    def __init__(self, *clients: Any) -> None:
        self.plan: list[Fault] = []
        self.sent: list[str] = []  # operations, including retries
        self.slept: list[float] = []
        self._down = False
        for client in clients:
            client._endpoint.http_session = _Session(self, client._endpoint.http_session)

    def restart(self) -> None:
        """Start the process again, as after a crash, with no planned faults."""
        self.plan, self.sent, self._down = [], [], False

    def send(self, session: Any, request: Any) -> Any:
        """Apply the next fault to the request, or send it in the session."""
        if self._down:  # a request of a `finally` or `__exit__`
            raise Crash
        self.sent.append(_operation(request))
        fault = self.plan.pop(0) if self.plan else PASS
        if isinstance(fault, BaseException):
            raise fault
        if isinstance(fault, AWSResponse):
            return fault
        if callable(fault):
            Context().run(fault)  # without the context variables of the function
        if fault == UNDONE:
            return _undone(request)
        if fault == CRASH:
            self._crash()
        answer = session.send(request)
        if fault == LOST:
            raise READ_TIMEOUT
        if fault == APPLIED_CRASH:
            self._crash()
        return answer

    def _crash(self) -> None:
        self._down = True
        raise Crash


class _Session:
    def __init__(self, network: Network, session: Any) -> None:
        self._network, self._session = network, session

    def send(self, request: Any) -> Any:
        return self._network.send(self._session, request)


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def error(code: str, status: int = 400, **members: Any) -> AWSResponse:
    """Return DynamoDB's response for an error."""
    return _answer({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "injected", **members}, status)


def cancelled(*reasons: str) -> AWSResponse:
    """Return DynamoDB's response for a transaction cancelled for these reasons, one for each write; `None` for none."""
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(reasons)}]"
    codes = [{"Code": reason} for reason in reasons]
    return error("TransactionCanceledException", message=message, CancellationReasons=codes)


def _undone(request: Any) -> AWSResponse:
    """Return DynamoDB's response to a batch that it has left unprocessed."""
    rest = "UnprocessedKeys" if _operation(request) == "BatchGetItem" else "UnprocessedItems"
    return _answer({"Responses": {}, rest: json.loads(request.body)["RequestItems"]}, 200)


def _answer(body: dict[str, Any], status: int) -> AWSResponse:
    headers = HTTPHeaders()
    headers["content-type"] = "application/x-amz-json-1.0"
    return AWSResponse("http://dynamodb", status, headers, _Raw(json.dumps(body).encode()))


def _operation(request: Any) -> str:
    target = request.headers.get("X-Amz-Target", b"").decode()  # SES has no such header
    return str(target.partition(".")[2] or "SendEmail")
