"""Calls the real handlers as the gateway would: with recorded HTTP API events (payload 2.0), the authorizer first."""

import base64
import contextlib
import gzip
import importlib
import io
import itertools
import json
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import unquote

from lambdo.base.logger import logger
from tools.local.application import Application, Route
from tools.local.gateway import find_route, rank

EVENT: Final = Path(__file__).with_name("http_api_v2.json")
PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - of made-up accounts
UNKNOWN_ID: Final = "01a1fd29-7777-7777-8777-777777777777"
type Json = dict[str, Any]


@dataclass
class Answer:
    """A function's response as a client sees it, and what the function logged."""

    status: int
    headers: dict[str, str]
    content: bytes
    log: str = ""
    cookies: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The body as text, decompressed."""
        unpacked = gzip.decompress(self.content) if "content-encoding" in self.headers else self.content
        return unpacked.decode(errors="replace")  # an image is not text

    @property
    def is_page(self) -> bool:
        """Whether it is a page or a file of a page, which is the same for all users."""
        return "referrer-policy" in self.headers

    @property
    def json(self) -> Json:
        """The body, parsed."""
        body: Json = json.loads(self.text)
        return body


@dataclass
class Context:
    """The part of Lambda's context object that the functions use; `seconds` yields the remaining time."""

    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    log_stream_name: str = "2026/11/21/[$LATEST]0123456789abcdef"
    function_name: str = "function"
    seconds: Iterator[float] = field(default_factory=lambda: itertools.repeat(300.0))

    def get_remaining_time_in_millis(self) -> int:
        """Return the next of `seconds`."""
        return int(next(self.seconds) * 1000)


class Observer(Protocol):
    """An observer of every call of a handler and every response, as used by the tests."""

    def running(self, folder: str) -> AbstractContextManager[None]:
        """Return a context manager in which the function's handler runs."""

    def answered(self, route: Route, sent: Json, answer: Answer) -> None:
        """Observe the response to a request; `sent` has the request's `body`, `raw`, `token` and `request_id`."""


OBSERVERS: Final[list[Observer]] = []


class UnexpectedError(Exception):
    """A request that prepares others got an unexpected response."""


def expect(answer: Answer, status: int) -> Answer:
    """Return the response if it has this status; otherwise raise UnexpectedError."""
    if answer.status != status:
        raise UnexpectedError(f"{answer.status}, not {status}: {answer.text}\n{answer.log}")
    return answer


def recorded_event() -> Json:
    """Return the recorded event of an HTTP API."""
    event: Json = json.loads(EVENT.read_text(encoding="utf-8"))
    return event


def handler_of(folder: str) -> Callable[[Json, Any], Json]:
    """Return the real handler of a function, with the observers around each call."""
    handler: Callable[[Json, Any], Json] = importlib.import_module(f"functions.{folder}.app").handler

    def observed(event: Json, context: Any) -> Json:
        with ExitStack() as observing:
            for observer in OBSERVERS:
                observing.enter_context(observer.running(folder))
            return handler(event, context)

    return observed


class Api:
    """The API in one process: finds the route, asks the authorizer, invokes the handler."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._routes = sorted(application.routes, key=rank)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: str | bytes | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Sequence[str] = (),
        query: str = "",
        source_ip: str = "203.0.113.7",
        verdict: Json | None = None,
        request_id: str | None = None,
    ) -> Answer:
        """Send a request; `body` is sent as JSON, `raw` unchanged. `verdict` replaces the authorizer's (cached) one."""
        route, parameters = self.route(method, path)
        event = recorded_event()
        sent = {"content-type": "application/json"} if body is not None or raw is not None else {}
        sent |= {"authorization": f"Bearer {token}"} if token is not None else {}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        event |= {"routeKey": f"{route.method} {route.path}", "rawPath": path, "rawQueryString": query}
        event |= {"headers": sent, "pathParameters": parameters} if parameters else {"headers": sent}
        event["requestContext"] |= {"routeKey": event["routeKey"], "requestId": request_id or new_request_id()}
        event["requestContext"]["http"] |= {"method": method, "path": path, "sourceIp": source_ip}
        event |= {"cookies": list(cookies)} if cookies else {}
        if isinstance(raw, bytes):
            event |= {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
        elif raw is not None or body is not None:
            event["body"] = raw if raw is not None else json.dumps(body)
        if route.authorizer is not None:
            if verdict is None and "authorization" not in sent:
                return Answer(401, {"content-type": "application/json"}, b'{"message":"Unauthorized"}')
            event["requestContext"]["authorizer"] = {"lambda": verdict or self.authorize(sent["authorization"])}
        folder = self.application.functions[route.function].folder
        answer = invoke(folder, event)
        request = {"body": body, "raw": raw, "token": token, "request_id": event["requestContext"]["requestId"]}
        for observer in OBSERVERS:
            observer.answered(route, request, answer)
        return answer

    def route(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Return the route that the gateway chooses, and its path variables."""
        route, encoded = find_route(self._routes, method, path)
        return route, {name: unquote(value) for name, value in encoded.items()}

    def authorize(self, header: str) -> Json:
        """Return the authorizer's context for an Authorization header."""
        answer = handler_of("authorizer")({"identitySource": [header]}, Context())
        if answer["isAuthorized"] is not True:
            raise UnexpectedError("The authorizer lets every request through, with what it has found.")
        context: Json = answer["context"]
        return context

    def sign_up(self, email: str | None = None, **fields: str) -> "Caller":
        """Register and log in a new user, with a new email address unless one is given."""
        email = email or f"{uuid.uuid4().hex}@example.com"
        expect(self.call("POST", "/api/auth/register", {"email": email, "password": PASSWORD, **fields}), 201)
        return self.log_in(email)

    def log_in(self, email: str, password: str = PASSWORD, **options: Any) -> "Caller":
        """Log in a user."""
        answer = self.call("POST", "/api/auth/login", {"email": email, "password": password}, **options)
        return Caller(self, email, expect(answer, 200).json)


class Caller:
    """A logged-in user of the API."""

    def __init__(self, api: Api, email: str, login: Json) -> None:
        self.api = api
        self.email = email
        self.id: str = login["user"]["id"]
        self.access_token: str = login["access_token"]
        self.refresh_token: str = login["refresh_token"]

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Send a request with this user's token; a path without a leading slash is put below /api/me."""
        full = path if path.startswith("/") else f"/api/me/{path}"
        return self.api.call(method, full, body, token=self.access_token, **options)

    def create_tag(self, **fields: Any) -> Json:
        """Create a tag, with a new name unless one is given, and return it."""
        return expect(self.call("POST", "tags", {"name": uuid.uuid4().hex, **fields}), 201).json

    def create_task(self, **fields: Any) -> Json:
        """Create a task and return it."""
        return expect(self.call("POST", "tasks", {"title": "a task", **fields}), 201).json


def new_request_id() -> str:
    """Return an id as long as an HTTP API's; in hex, so that it never looks like the beginning of a token."""
    return f"{uuid.uuid4().hex[:15]}="


def invoke(folder: str, event: Json) -> Answer:
    """Invoke a function's handler and return its response with what it logged."""
    handler, log = handler_of(folder), io.StringIO()
    with logging_to(log):
        answer = handler(event, Context())
    return as_sent(answer, log.getvalue())


def as_sent(answer: Json, log: str) -> Answer:
    """Return a function's response as the gateway sends it."""
    body: str = answer.get("body", "")
    content = base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
    return Answer(answer["statusCode"], answer["headers"], content, log, list(answer.get("cookies", [])))


@contextlib.contextmanager
def logging_to(log: io.StringIO) -> Iterator[None]:
    """Make the functions' logger write to `log`."""
    output = logger().registered_handler
    if not isinstance(output, logging.StreamHandler):
        raise TypeError(f"{output} is no stream")
    stream = output.setStream(log)
    try:
        yield
    finally:
        output.setStream(stream)
