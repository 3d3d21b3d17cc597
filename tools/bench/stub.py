"""What a measured function talks to: Lambda's runtime API, and AWS's services, whose answers are recorded or played.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Final, NamedTuple
from urllib.parse import urlsplit

RUNTIME_API: Final = "/2018-06-01/runtime/"
PATIENCE: Final = 300  # seconds; valgrind is slow
KEPT_HEADERS: Final = ("content-type", "x-amz-crc32", "x-amzn-requestid")


class FunctionError(Exception):
    """The function did not start, or raised an exception; the text is what it told Lambda."""


class Exchange(NamedTuple):
    """A request to one of AWS's services, and its answer."""

    operation: str
    request: bytes
    status: int
    headers: Mapping[str, str]
    answer: bytes


class Stub(ThreadingHTTPServer):
    """Serves one process: records what a back end answers it, or plays that again, for each event from the start."""

    daemon_threads = True

    def __init__(self, recording: Sequence[Exchange] = (), back_end: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.recording = list(recording)
        self.events: SimpleQueue[bytes | None] = SimpleQueue()
        self.asked: SimpleQueue[bytes | FunctionError] = (
            SimpleQueue()
        )  # for an event, with the answer to the one before
        self.answer = b""
        self.address = f"127.0.0.1:{self.server_port}"
        self._back_end = back_end
        self._calls: Counter[str] = Counter()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def wait(self) -> bytes:
        """Wait until the process asks for an event; return its answer to the one before. Raises FunctionError."""
        said = self.asked.get(timeout=PATIENCE)
        if isinstance(said, FunctionError):
            raise said
        return said

    def invoke(self, event: bytes) -> bytes:
        """Hand over an event, and wait for the answer and the question for another."""
        self._calls.clear()
        self.events.put(event)
        return self.wait()

    def close(self) -> None:
        """Stop serving."""
        self.events.put(None)
        self.shutdown()
        self.server_close()

    def call(self, path: str, headers: Mapping[str, str], body: bytes) -> Exchange:
        """Answer a call to one of AWS's services: the nth of an operation in an event gets the nth recorded answer."""
        operation = headers.get("x-amz-target", path)  # SES has paths instead
        if self._back_end is None:
            played = [one for one in self.recording if one.operation == operation]
            self._calls[operation] += 1
            return played[self._calls[operation] - 1]
        connection = http.client.HTTPConnection(urlsplit(self._back_end).netloc, timeout=PATIENCE)
        connection.request("POST", path, body, {name: value for name, value in headers.items() if name != "host"})
        response = connection.getresponse()
        kept = {name: value for name in KEPT_HEADERS if (value := response.headers.get(name))}
        exchange = Exchange(operation, body, response.status, kept, response.read())
        self.recording.append(exchange)
        return exchange


class _Conversation(BaseHTTPRequestHandler):
    """A connection of the process."""

    server: Stub
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer `next`, when there is an event."""
        self.server.asked.put(self.server.answer)
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        headers = {
            "content-type": "application/json",
            "lambda-runtime-aws-request-id": str(uuid.uuid4()),
            "lambda-runtime-deadline-ms": str(int(time.time() * 1000) + PATIENCE * 1000),
            "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:measured",
            "lambda-runtime-trace-id": "Root=1-6740c1f2-0a1b2c3d4e5f60718293a4b5;Parent=0a1b2c3d4e5f6071;Sampled=0",
        }
        self._send(200, headers, event)

    def do_POST(self) -> None:
        """Take an answer or an error of the function, or answer its call to a service."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if not self.path.startswith(RUNTIME_API):
            headers = {name.lower(): value for name, value in self.headers.items()}
            exchange = self.server.call(self.path, headers, body)
            self._send(exchange.status, exchange.headers, exchange.answer)
            return
        self._send(202, {}, b"")
        if self.path.endswith("/error"):
            self.server.asked.put(FunctionError(body.decode()))
        else:
            self.server.answer = body

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
