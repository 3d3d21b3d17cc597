"""The API Gateway HTTP API, as a WSGI application, wherever SAM CLI's own gateway differs from AWS.

Routes, CORS and authorizers come from the template (`application.py`); nothing about any route is written here.
Behaviour follows https://docs.aws.amazon.com/apigateway/latest/developerguide/ on the pages named at each function.
"""

import base64
import json
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from tools.local.application import ACCOUNT, REGION, Application, Authorizer, Cors, Route
from tools.local.payload import API_ID, FormatError, build_event, build_response, decode_path, encode_body
from tools.local.pool import Result

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY_LIMIT = 10 * 1024 * 1024  # "Payload size 10 MB": http-api-quotas.html

Invoke = Callable[[str, dict[str, Any], str], Result]


class GatewayError(Exception):
    """The gateway itself answers, with a status and AWS's message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Exchange:
    """One request on its way, for the line that is printed about it."""

    request: Request
    request_id: str
    started: float
    status: int = 0
    results: list[tuple[str, Result]] = field(default_factory=list)


class Gateway:
    """The WSGI application of one template; `done` is told of each request when it is answered."""

    def __init__(self, application: Application, invoke: Invoke, done: Callable[[Exchange], None]) -> None:
        self._application = application
        self._routes = sorted(application.routes, key=rank)
        self._invoke = invoke
        self._done = done
        self._verdicts: dict[tuple[str, ...], tuple[float, str]] = {}
        self._lock = threading.Lock()
        self.out_of_order = ""  # why every request is refused from now on

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request_id = base64.b64encode(os.urandom(11)).decode()
        exchange = Exchange(request, request_id, time.perf_counter())
        try:
            response = self._respond(request, exchange)
        except GatewayError as stopped:
            response = _build_message(stopped.status, str(stopped))
        add_cors(response, request, self._application.cors)
        response.headers["apigw-requestid"] = request_id
        exchange.status = response.status_code
        self._done(exchange)
        return response(environ, start_response)

    def _respond(self, request: Request, exchange: Exchange) -> Response:
        if request.method == "OPTIONS" and self._application.cors:
            return Response(status=204)  # http-api-cors.html: preflight is answered without a route
        if self.out_of_order:
            raise GatewayError(507, self.out_of_order)
        body = _read_body(request)
        path = decode_path(request)
        route, parameters = find_route(self._routes, request.method, path)
        key = route.path if route.path == "$default" else f"{route.method} {route.path}"
        event = build_event(request, key, path, parameters, exchange.request_id)
        if route.authorizer is not None:
            context = self._authorize(self._application.authorizers[route.authorizer], request, event, exchange)
            event["requestContext"]["authorizer"] = {"lambda": context}
        event |= encode_body(body, request.mimetype)
        try:
            return build_response(self._run(route.function, event, exchange))
        except FormatError:
            raise GatewayError(500, "Internal Server Error") from None

    def _run(self, function: str, event: dict[str, Any], exchange: Exchange) -> str:
        """Return the function's JSON answer. An error of the function is a 500: http-api-troubleshooting-lambda.html."""
        result = self._invoke(function, event, event["headers"]["x-amzn-trace-id"])
        exchange.results.append((function, result))
        if result.payload is None:
            raise GatewayError(500, "Internal Server Error")
        return result.payload

    def _authorize(
        self, authorizer: Authorizer, request: Request, event: dict[str, Any], exchange: Exchange
    ) -> dict[str, Any] | None:
        """Return the authorizer's context, asked or remembered: http-api-lambda-authorizer.html.

        A missing identity source is 401 without asking, a refusal 403, an error or a malformed answer 500.
        The verdict is cached by the identity sources, for all routes of the authorizer.
        """
        identity = read_identity(authorizer, request, event)
        key = (authorizer.name, *identity)
        now = time.monotonic()
        with self._lock:
            self._verdicts = {one: verdict for one, verdict in self._verdicts.items() if verdict[0] > now}
            remembered = self._verdicts.get(key)
        arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/$default/{request.method}{event['rawPath']}"
        if remembered is None:
            question = event | {"type": "REQUEST", "routeArn": arn, "identitySource": identity}
            question.pop("isBase64Encoded", None)
            answer = self._run(authorizer.function, question, exchange)
        else:
            answer = remembered[1]
        try:
            allowed = bool(authorizer.rules.is_valid_response(answer, arn))
            context: dict[str, Any] | None = json.loads(answer).get("context")
        except Exception:  # noqa: BLE001 - whatever SAM CLI objects to in the answer, AWS calls an invalid format: 500
            raise GatewayError(500, "Internal Server Error") from None
        if remembered is None and authorizer.ttl:
            with self._lock:
                self._verdicts[key] = (now + authorizer.ttl, answer)
        if not allowed:
            raise GatewayError(403, "Forbidden")
        return context

    def forget_verdicts(self) -> None:
        """Drop the cached verdicts, because the authorizer's source was edited."""
        with self._lock:
            self._verdicts.clear()


def rank(route: Route) -> tuple[Any, ...]:
    """Sort the most specific route first: full match, then greedy variable, then $default: http-api-develop-routes.html."""
    segments = route.path.strip("/").split("/")
    kinds = [
        3 if one == "$default" else 2 if one.endswith("+}") else 1 if one.startswith("{") else 0 for one in segments
    ]
    return (kinds, route.method == "ANY")


def find_route(routes: list[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route and its path variables; no route, HEAD and other methods included, is 404 Not Found."""
    for route in routes:
        if route.method in (method, "ANY"):
            parameters = match(route.path, path)
            if parameters is not None:
                return route, parameters
    raise GatewayError(404, "Not Found")


def match(pattern: str, path: str) -> dict[str, str] | None:
    """Return the variables of a matching path, decoded, or None."""
    if pattern == "$default":
        return {}
    wanted, given = pattern.split("/"), path.split("/")
    found: dict[str, str] = {}
    for index, segment in enumerate(wanted):
        rest = "/".join(given[index:])
        if segment.endswith("+}"):
            return found | {segment[1:-2]: rest} if rest else None
        if index >= len(given):
            return None
        if segment.startswith("{") and given[index]:
            found[segment[1:-1]] = given[index]
        elif segment != given[index]:
            return None
    return found if len(wanted) == len(given) else None


def _read_body(request: Request) -> bytes:
    if (request.content_length or 0) > BODY_LIMIT:
        raise GatewayError(413, "Request Entity Too Large")
    try:
        body = request.stream.read(BODY_LIMIT + 1)
    except (HTTPException, OSError):  # the client hung up, or its chunks are no chunks
        raise GatewayError(400, "Bad Request") from None
    if len(body) > BODY_LIMIT:
        raise GatewayError(413, "Request Entity Too Large")
    return body


def read_identity(authorizer: Authorizer, request: Request, event: dict[str, Any]) -> list[str]:
    """Return the values of the authorizer's identity sources; a missing or empty one is 401: http-api-lambda-authorizer.html."""
    values = [
        source.find_identity_value(
            headers=request.headers,
            querystring=event["rawQueryString"],
            context=event["requestContext"],
            stageVariables={},
        )
        for source in authorizer.rules.identity_sources
    ]
    if not all(values):
        raise GatewayError(401, "Unauthorized")
    return [str(value) for value in values]


def _build_message(status: int, message: str) -> Response:
    return Response(json.dumps({"message": message}, separators=(",", ":")), status, content_type="application/json")


def add_cors(response: Response, request: Request, cors: Cors | None) -> None:
    """Put the configured CORS headers on any answer to an allowed origin, errors included, in place of the function's own.

    "API Gateway adds the configured CORS headers ... [and] ignores CORS headers returned from your backend":
    http-api-cors.html. A foreign origin gets none of them.
    """
    if cors is None:
        return
    for name in [name for name, _ in response.headers if name.lower().startswith("access-control-")]:
        response.headers.remove(name)
    origin = request.headers.get("Origin", "")
    scheme = origin.partition("://")[0] + "://*"
    if not origin or not {origin, "*", scheme} & set(cors.origins):
        return
    anyone = "*" in cors.origins and not cors.credentials
    headers = {"access-control-allow-origin": "*" if anyone else origin}
    if cors.credentials:
        headers["access-control-allow-credentials"] = "true"
    if request.method != "OPTIONS":
        headers["access-control-expose-headers"] = ",".join(cors.exposed)
    elif "Access-Control-Request-Method" in request.headers:
        headers["access-control-allow-methods"] = ",".join(cors.methods)
        headers["access-control-allow-headers"] = ",".join(cors.headers)
        headers["access-control-max-age"] = "" if cors.max_age is None else str(cors.max_age)
    response.headers.update({name: value for name, value in headers.items() if value})
