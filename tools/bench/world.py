"""The built functions before an embedded back end, as their gateway sees them: one request, really made and recorded, is a case."""

import contextlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from tools.bench.process import Process, started
from tools.bench.stub import Exchange
from tools.local.application import Application, Function
from tools.local.gateway import find_route, rank
from tools.local.payload import build_event

type Event = Mapping[str, Any]


class Case(NamedTuple):
    """A function, the event that it is measured with, what AWS's services answer it, and what it answers. Without an event: init alone."""

    name: str
    function: Function
    recording: Sequence[Exchange] = ()
    event: Callable[[], Event] | None = None
    answer: Any = None

    @property
    def calls(self) -> list[str]:
        """The DynamoDB operations of the event."""
        names = [one.operation.partition("DynamoDB_20120810.")[2] for one in self.recording]
        return [name for name in names if name]


class World:
    """The built functions before the back end, as their gateway sees them, and one user."""

    def __init__(self, application: Application, back_end: str, exits: contextlib.ExitStack) -> None:
        self.application = application
        self.back_end = back_end
        self.verdict: dict[str, Any] = {}
        self._routes = sorted(application.routes, key=rank)
        self._running: dict[str, Process] = {}
        self._exits = exits

    def folder(self, folder: str) -> Function:
        """Return the function of a folder."""
        return next(one for one in self.application.functions.values() if one.folder == folder)

    def event(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[Function, Event]:
        """Return the function of a route, and the event of a request to it by the user."""
        route, parameters = find_route(self._routes, method, path)
        builder = EnvironBuilder(
            path, method=method, json=body, headers=[("user-agent", "curl/8.5.0"), ("accept", "*/*")]
        )
        request = Request(builder.get_environ())
        event = build_event(request, f"{route.method} {route.path}", path, parameters, str(uuid.uuid4()))
        event["headers"]["authorization"] = f"Bearer {'x' * 400}"  # as long as a token
        if body is not None:
            event["body"] = json.dumps(body)
        if route.authorizer:
            event["requestContext"]["authorizer"] = {"lambda": self.verdict}
        return self.application.functions[route.function], event

    def call(self, function: Function, event: Event) -> Any:  # noqa: ANN401 - whatever it answers
        """Let the function, which stays for further calls, serve an event; return its good answer."""
        if function.name not in self._running:
            self._running[function.name] = self._exits.enter_context(started(function, back_end=self.back_end))
        return _good(self._running[function.name].invoke(event))

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Make a request, and return what is in its answer."""
        return json.loads(self.call(*self.event(method, path, body)).get("body", "null"))

    def record(self, name: str, function: Function, event: Callable[[], Event]) -> Case:
        """Start the function anew, let it serve the event, and keep all that it asked and was answered."""
        with started(function, back_end=self.back_end) as process:
            answer = _good(process.invoke(event()))
            return Case(name, function, list(process.stub.recording), event, answer)


def outcome(answer: Any) -> object:  # noqa: ANN401 - whatever a function answers
    """Return of an answer what is the same whenever its event comes again."""
    match answer:
        case {"statusCode": status}:
            return status
        case {"context": context}:
            return sorted(context)
    return answer


def _good(answer: Any) -> Any:  # noqa: ANN401 - as above
    """Return the answer; raises RuntimeError if it is a refusal."""
    if (answer.get("statusCode", 200) >= 300 or answer.get("batchItemFailures")
            or not answer.get("isAuthorized", True) or "token_error" in answer.get("context", ())):  # fmt: skip
        raise RuntimeError(f"a request that is to be measured failed: {answer}")
    return answer
