"""Calls the real handlers as the gateway would: recorded HTTP API events (payload 2.0), the authorizer first."""

import base64
import contextlib
import gzip
import importlib
import io
import itertools
import json
import logging
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lambdo.base.logger import logger
from tests.documented import documented
from tests.watch import watch
from tools.local.application import Application, Route
from tools.local.gateway import find_route, rank

EVENTS = Path(__file__).parent / "functions" / "events"
PASSWORD = "correct horse battery staple"
UNKNOWN_ID = "01a1fd29-7777-7777-8777-777777777777"
SECURITY_HEADERS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
}
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
# Attributes that no answer shows, but for those of these routes.
INNER = {
    "password_hash", "lsi1sk", "lsi4sk", "token_hash", "tag_ids", "tag_count", "deleted_at", "session_epoch", "epoch"
}  # fmt: skip
SHOWN = {"GET /api/{user_id}/tasks/trash": {"deleted_at"}}
PROBLEM = {"type", "title", "status", "detail", "instance", "code", "request_id"}
Json = dict[str, Any]


@dataclass
class Answer:
    """A function's answer as a client would see it, and what it logged."""

    status: int
    headers: dict[str, str]
    content: bytes
    log: str = ""
    cookies: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        unpacked = gzip.decompress(self.content) if "content-encoding" in self.headers else self.content
        return unpacked.decode(errors="replace")  # an image is no text

    @property
    def is_page(self) -> bool:
        """Whether it is a page or a file of one, the same for everybody."""
        return "referrer-policy" in self.headers

    @property
    def json(self) -> Json:
        body: Json = json.loads(self.text)
        return body


@dataclass
class Context:
    """The part of Lambda's context object that the functions use; `seconds` are what is left of the time."""

    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    log_stream_name: str = "2026/11/21/[$LATEST]0123456789abcdef"
    function_name: str = "function"
    seconds: Iterator[float] = field(default_factory=lambda: itertools.repeat(300.0))

    def get_remaining_time_in_millis(self) -> int:
        """Return the next of `seconds`."""
        return int(next(self.seconds) * 1000)


def handler_of(folder: str) -> Callable[[Json, Any], Json]:
    """Return the real handler of a function, watched."""
    handler: Callable[[Json, Any], Json] = importlib.import_module(f"functions.{folder}.app").handler

    def watched(event: Json, context: Any) -> Json:
        with watch.running(folder):
            return handler(event, context)

    return watched


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
        """Send a request; `body` is sent as JSON, `raw` as it is. `verdict` stands in for the authorizer's (cached) one."""
        route, parameters = self.route(method, path)
        event: Json = json.loads((EVENTS / "http_api_v2.json").read_text())
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
        watch.learn(body, raw, {"token": token}, "" if answer.is_page else answer.text)
        documented.hold(method, route.path, body, answer)
        _assert_framed(answer, event["requestContext"]["requestId"], INNER - SHOWN.get(event["routeKey"], set()))
        return answer

    def route(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Return the route that the gateway takes, and its path variables."""
        route, encoded = find_route(self._routes, method, path)
        return route, {name: unquote(value) for name, value in encoded.items()}

    def authorize(self, header: str) -> Json:
        """Return the authorizer's context for an Authorization header."""
        answer = handler_of("authorizer")({"identitySource": [header]}, Context())
        assert answer["isAuthorized"] is True
        context: Json = answer["context"]
        return context

    def sign_up(self) -> "Caller":
        """Register and log in a new user."""
        email = f"{uuid.uuid4().hex}@example.com"
        registered = self.call("POST", "/api/auth/register", {"email": email, "password": PASSWORD})
        assert registered.status == 201, registered.text
        return self.log_in(email)

    def log_in(self, email: str, password: str = PASSWORD, **options: Any) -> "Caller":
        """Begin a session of a user."""
        answer = self.call("POST", "/api/auth/login", {"email": email, "password": password}, **options)
        assert answer.status == 200, answer.text
        return Caller(self, email, answer.json)


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
        """Create a tag, of a name of its own unless one is given, and return it."""
        answer = self.call("POST", "tags", {"name": uuid.uuid4().hex, **fields})
        assert answer.status == 201, answer.text
        return answer.json

    def create_task(self, **fields: Any) -> Json:
        """Create a task and return it."""
        answer = self.call("POST", "tasks", {"title": "a task", **fields})
        assert answer.status == 201, answer.text
        return answer.json


def new_request_id() -> str:
    """Return an id as long as an HTTP API's; in hex, which never looks like the beginning of a token."""
    return f"{uuid.uuid4().hex[:15]}="


def invoke(folder: str, event: Json) -> Answer:
    """Invoke a function's handler and return its answer with what it logged."""
    handler, log = handler_of(folder), io.StringIO()
    with logging_to(log):
        answer = handler(event, Context())
    return as_sent(answer, log.getvalue())


def as_sent(answer: Json, log: str) -> Answer:
    """Return a function's answer as the gateway sends it."""
    body: str = answer.get("body", "")
    content = base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
    return Answer(answer["statusCode"], answer["headers"], content, log, list(answer.get("cookies", [])))


def assert_problem(answer: Answer, status: int, code: str) -> None:
    """Check that the answer is this refusal, in the form of RFC 9457, and nothing else."""
    body = answer.json
    assert (answer.status, body["status"], body["code"]) == (status, status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert body.keys() == PROBLEM | ({"errors"} if status == 422 else set())
    assert body["type"] == f"/docs/errors#{code}"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["instance"] == f"/requests/{body['request_id']}"
    assert ("www-authenticate" in answer.headers) == (code == "invalid_token")
    assert ("retry-after" in answer.headers) == (
        code in {"idempotency_key_in_use", "service_unavailable", "too_many_requests"}
    )


def _assert_framed(answer: Answer, request_id: str, inner: set[str]) -> None:
    """Check what every answer of every endpoint has, and has not."""
    from lambdo.web import static_files  # not above: its logger's name is set by conftest.py

    assert answer.headers["x-request-id"] == request_id
    assert answer.headers.items() >= SECURITY_HEADERS.items()
    if answer.is_page:
        policy = re.sub(r"style-src 'sha256-[^']+'", "style-src 'self'", answer.headers["content-security-policy"])
        assert policy.startswith(static_files.POLICY)
        assert answer.headers["cache-control"] in {static_files.REVALIDATED, static_files.FOREVER}
    else:
        assert answer.headers["content-security-policy"] == NO_PAGE
        assert answer.headers["cache-control"] == ("public, max-age=300" if '"keys"' in answer.text else "no-store")
    assert ("content-type" in answer.headers) == bool(answer.content)
    if (
        answer.status < 400 and not answer.is_page
    ):  # a refusal may name an unknown field that the client sent, a page any
        assert not inner & set(answer.text.split('"'))


@contextlib.contextmanager
def logging_to(log: io.StringIO) -> Iterator[None]:
    output = logger().registered_handler
    assert isinstance(output, logging.StreamHandler)
    stream = output.setStream(log)
    try:
        yield
    finally:
        output.setStream(stream)
