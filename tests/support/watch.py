"""Watches the real handlers in every test: what they ask of AWS, and what they write to the log."""

import contextlib
import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any, NamedTuple

from tests.support.template import DEAD_LETTERS, FUNCTIONS, SENDER, STREAM, TABLE, granted

# What none of our lines has a reason to hold: an email address, a JWT, a bcrypt hash, 256 bits in hex or base64url.
SECRET_SHAPES = [r"[^\s\"@]+@[\w-]+\.\w", r"eyJ[\w-]{8}", r"\$2[aby]\$\d\d\$", r"[0-9a-f]{64}", r"[\w-]{43}"]
SECRET_FIELDS = re.compile(r"password|token|email|username", re.IGNORECASE)
# Done by Lambda in the function's name: it reads the stream and sends to the queue.
# https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
BY_LAMBDA = {STREAM, DEAD_LETTERS}
LOGGING = "logs:PutLogEvents", "the functions' log group"  # which every function may do, by the role that SAM makes
SILENT = {"authorizer"}  # the endpoint's line says what it found
LONGEST_LINE = 512  # bytes, which CloudWatch charges for; what nobody expected is longer by its traceback
LONG_ENOUGH = 10  # characters: "password" is a password that somebody tries and also a word of our lines


class Call(NamedTuple):
    """What a function did or may do: an IAM action on a resource."""

    function: str
    action: str
    resource: str


class Watch(logging.Handler):
    """Knows which handler runs; fed by botocore's events and by the functions' logger."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = False  # whether all tests have run
        self.calls: set[Call] = set()
        self._new_calls: set[Call] = set()
        self._lines: list[str] = []
        self._secrets: set[str] = set()
        self._function: ContextVar[str | None] = ContextVar("function", default=None)

    @contextlib.contextmanager
    def running(self, function: str | None) -> Iterator[None]:
        """Say whose calls and lines those of the with block are; None: no function's."""
        token = self._function.set(function)
        try:
            yield
        finally:
            self._function.reset(token)

    def called(self, **event: Any) -> None:
        """Note a call: botocore's event `provide-client-params`."""
        if function := self._function.get():
            model, params = event["model"], event["params"]
            needs = needed(model.service_model.service_name, model.name, params)
            self._new_calls |= {Call(function, action, resource) for action, resource in needs}

    def emit(self, record: logging.LogRecord) -> None:
        """Note a line of the log."""
        self._lines.append(self.format(record))
        if function := self._function.get():
            self._new_calls.add(Call(function, *LOGGING))

    def learn(self, *messages: object) -> None:
        """Take the passwords, tokens and addresses of requests and answers, texts or JSON, for secrets of this test."""
        for message in messages:
            self._secrets |= set(_secrets(_parsed(message)))

    def judge(self) -> None:
        """Fail if a function did what its policy does not allow, or logged a secret, two lines in one or a long one."""
        calls, lines, secrets = self._new_calls, self._lines, self._secrets
        self._new_calls, self._lines, self._secrets = set(), [], set()
        denied = sorted(calls - allowed())
        assert not denied, denied
        leaked = [line for line in lines if leaks(line, secrets)]
        assert not leaked, leaked
        long = [line for line in lines if len(line.encode()) > LONGEST_LINE and "exception" not in json.loads(line)]
        assert not long, long
        self.calls |= calls

    def unseen(self) -> list[Call]:
        """Return what the functions may do and have not been seen to do."""
        silent = {Call(function, *LOGGING) for function in SILENT}
        return sorted(call for call in allowed() - silent - self.calls if call.resource not in BY_LAMBDA)


watch = Watch()


@cache
def allowed() -> frozenset[Call]:
    """Return what the policies in template.yaml allow."""
    return frozenset(
        Call(folder, action, resource)
        for folder in FUNCTIONS
        for action, resources in {**granted(folder), LOGGING[0]: {LOGGING[1]}}.items()
        for resource in resources
    )


def needed(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each IAM action that a call needs, with its resource.

    A transaction needs the action of each of its writes and none of its own:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    if service == "ssm":
        yield f"ssm:{operation}", params["Name"].rpartition("/")[2]
        return
    if service == "sesv2":
        yield f"ses:{operation}", SENDER
        return
    for write in params.get("TransactItems", []):
        ((kind, arguments),) = write.items()
        yield f"dynamodb:{kind}Item", _resource(arguments["TableName"])
    for table in params.get("RequestItems", {}):
        yield f"dynamodb:{operation}", _resource(table)
    if "TableName" in params:
        yield f"dynamodb:{operation}", params.get("IndexName", _resource(params["TableName"]))


def leaks(line: str, secrets: set[str]) -> bool:
    """Tell whether a record of the log holds a secret, or is more than one line."""
    spelled = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for secret in secrets for ascii_only in (True, False)}
    return (
        "\n" in line
        or any(secret in line for secret in spelled)
        or any(re.search(shape, line) for shape in SECRET_SHAPES)
    )


def _resource(table: str) -> str:
    return TABLE if table == os.environ["TABLE_NAME"] else table


def _parsed(message: object) -> object:
    try:
        return json.loads(message) if isinstance(message, str | bytes) else message
    except (ValueError, RecursionError):
        return None


def _secrets(message: object, field: str = "") -> Iterator[str]:
    match message:
        case dict():
            for name, value in message.items():
                yield from _secrets(value, str(name))
        case list():
            for value in message:
                yield from _secrets(value, field)
        case str() if SECRET_FIELDS.search(field) and len(message) >= LONG_ENOUGH:
            yield message
