"""The frame of every endpoint: event -> Request -> handler -> response. The only frame that knows HTTP.

It also guards access: a handler runs only if the authorizer has verified the token, and never on another user's path.
"""

import base64
import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from lambdo.base import entity_tags, events, ids
from lambdo.base.logger import log_line, logger
from lambdo.base.metering import meter
from lambdo.base.problems import (
    ContentTooLarge,
    Forbidden,
    InternalError,
    InvalidFields,
    MalformedJson,
    Problem,
    Unauthenticated,
    UnsupportedMediaType,
)
from lambdo.web import gzip_coding, preconditions
from lambdo.web.process import begin_invocation, prepare_process

type Event = dict[str, Any]
type Answer = dict[str, Any]

MAX_BODY: Final = 64 * 1024  # bytes
JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"  # RFC 7396
FORM: Final = "application/x-www-form-urlencoded"
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
}


class Response(NamedTuple):
    """What a handler returns: a mapping is sent as JSON, text and bytes are sent unchanged, None means no body.

    Each cookie becomes a Set-Cookie header. The frame compresses JSON, and responds with 304 to a client that already
    has the version that the entity tag names.
    """

    status: int
    body: Mapping[str, Any] | str | bytes | None = None
    headers: Mapping[str, str] = {}
    cookies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request as handlers see it. Header names are lower case, and the ids of user and session are the token's.

    `source_ip` is the address that connected to the gateway. The response gets `response_headers` in addition to the
    handler's headers.
    """

    route: str
    path: str
    parameters: Mapping[str, str]
    query_string: str
    headers: Mapping[str, str]
    cookies: Sequence[str]
    raw_body: bytes
    source_ip: str
    user_id: str
    session_id: str
    response_headers: dict[str, str] = field(default_factory=dict)

    def item_id(self, parameter: str, not_found: type[Problem]) -> str:
        """Return the id in the path; text that is not an id gets the same response as an unknown id."""
        item_id = self.parameters[parameter]
        if not ids.is_id(item_id):
            raise not_found
        return item_id

    def json_body(self, *also: str) -> bytes:
        """Return the body, which must be JSON or have one of the other media types given."""
        self.media_type(JSON, *also)
        return self.raw_body

    def media_type(self, *allowed: str) -> str:
        """Return the body's media type; raises UnsupportedMediaType unless it is an allowed one, in UTF-8."""
        media_type, *parameters = self.headers.get("content-type", "").lower().replace(" ", "").split(";")
        charset = next((p[8:].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
        if media_type not in allowed or charset != "utf-8":
            raise UnsupportedMediaType(f"Send the body as {' or '.join(allowed)} in UTF-8.")
        return media_type

    def query(self, allowed: Collection[str], repeatable: Collection[str] = ()) -> dict[str, list[str]]:
        """Return the query parameters with their values; raises InvalidFields for unknown and repeated parameters."""
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.query_string, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        wrong = {name: "Unknown parameter" for name in found if name not in allowed}
        wrong |= {name: "Sent more than once" for name in found if len(found[name]) > 1 and name not in repeatable}
        if wrong:
            raise InvalidFields(
                errors=[{"loc": ["query", name], "msg": msg, "type": "query"} for name, msg in wrong.items()]
            )
        return found


class Handler(NamedTuple):
    """A Lambda handler for HTTP API events (payload 2.0): a function from Request to Response, and its declarations.

    Requests depend only on `public` and `max_body`. openapi.json is generated from the rest. Lambda's runtime only calls it:
    https://github.com/aws/aws-lambda-python-runtime-interface-client/blob/main/awslambdaric/bootstrap.py
    """

    handle: Callable[[Request], Response]
    public: bool
    max_body: int
    uses_aws: bool
    body: type | UnionType | None
    query: Mapping[str, Any] | None
    returns: type | None
    problems: tuple[type[Problem], ...]

    def __call__(self, event: Event, context: Any) -> Answer:  # noqa: ANN401 - Lambda's own, untyped
        """Serve one request."""
        return _serve(self.handle, event, context, public=self.public, max_body=self.max_body)


def endpoint(
    *,
    public: bool = False,
    max_body: int = MAX_BODY,
    uses_aws: bool = True,
    body: type | UnionType | None = None,
    query: Mapping[str, Any] | None = None,
    returns: type | None = None,
    problems: tuple[type[Problem], ...] = (),
) -> Callable[[Callable[[Request], Response]], Handler]:
    """Make a Lambda handler of a function from Request to Response.

    Parameters
    ----------
    public
        The route has no authorizer. Other routes refuse a request without a verified identity with 401, and a request
        whose path names another user with 403.
    max_body
        Maximum size of the body in bytes; a larger body is refused with 413.
    uses_aws
        The function calls AWS. Its client is created here, during init's burst of CPU, instead of in the first request.
    body
        The model of the request body; `Model | None` if the body is optional.
    query
        The rules of the query parameters (`lambdo.base.rules`), if it reads them; empty if it refuses all parameters.
    returns
        The shape of a successful response's body, if there is one.
    problems
        The problems that do not already follow from the route and the parameters above.
    """

    def decorate(handle: Callable[[Request], Response]) -> Handler:
        prepare_process(uses_aws=uses_aws)
        return Handler(handle, public, max_body, uses_aws, body, query, returns, problems)

    return decorate


def _serve(
    handle: Callable[[Request], Response],
    event: Event,
    context: Any,  # noqa: ANN401
    *,
    public: bool,
    max_body: int,
) -> Answer:
    started = time.perf_counter()
    begin_invocation(context)
    request_id = event["requestContext"]["requestId"]
    headers: Mapping[str, str] = {}
    identity: Mapping[str, Any] = {}
    problem: Problem | None = None
    try:
        # Field names are case-insensitive (RFC 9110). An HTTP API sends them in lower case, `sam local` unchanged.
        headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
        if not public:
            identity = _authenticate(event)
            _authorize(event, identity)
        request = _request(event, headers, identity, max_body)
        response = handle(request)
        response = _encode(response._replace(headers={**response.headers, **request.response_headers}), headers)
    except Problem as raised:
        problem = raised
    except Exception:
        logger().exception("unhandled exception", request_id=request_id, function_request_id=context.aws_request_id)
        problem = InternalError()
    if problem:
        response = _encode(_problem(problem, event, request_id), headers)
    if event["routeKey"].startswith("GET ") and preconditions.is_unchanged(headers, response.headers.get("etag")):
        response = _not_modified(response)
    happened = events.take()  # replaces the problem's code in the line, which has at most 512 bytes
    line = {
        "request_id": request_id,
        "user_id": identity.get("user_id"),
        "route": event["routeKey"],
        "status": response.status,
        "duration_ms": round((time.perf_counter() - started) * 1000, 1),
        "cold_start": _is_cold_start() or None,  # None is omitted: saves 20 bytes in other lines
        "capacity_units": meter.units,
        **({"code": None if happened else problem.code, "reason": problem.reason} if problem else {}),
    }
    log_line("request", line | happened, happened)
    return _answer(response, request_id)


def _authenticate(event: Event) -> Mapping[str, Any]:
    """Return the authorizer's verdict if the token is valid; otherwise raise Unauthenticated.

    The gateway caches verdicts for 300 s, so `exp` is checked again here.
    """
    verdict = event["requestContext"].get("authorizer", {}).get("lambda") or {}
    if verdict.get("token_error") == "expired" or (verdict.get("exp") and float(verdict["exp"]) <= time.time()):
        raise Unauthenticated("The access token has expired.")
    if not (verdict.get("user_id") and verdict.get("sid") and verdict.get("exp")) or "token_error" in verdict:
        events.record("access_denied")
        raise Unauthenticated
    return verdict


def _authorize(event: Event, identity: Mapping[str, Any]) -> None:
    """Raise Forbidden if the path names a user other than the caller."""
    if (event.get("pathParameters") or {}).get("user_id", "me") not in {"me", identity["user_id"]}:
        events.record("access_denied")
        raise Forbidden


def _request(event: Event, headers: Mapping[str, str], identity: Mapping[str, Any], max_body: int) -> Request:
    body = event.get("body") or ""
    if len(body) > 2 * max_body:
        raise ContentTooLarge(max_body)
    try:
        raw_body = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    except ValueError as error:
        raise MalformedJson from error
    if len(raw_body) > max_body:
        raise ContentTooLarge(max_body)
    return Request(
        route=event["routeKey"],
        path=event["rawPath"],
        parameters=event.get("pathParameters") or {},
        query_string=event.get("rawQueryString", ""),
        headers=headers,
        cookies=event.get("cookies", ()),
        raw_body=raw_body,
        source_ip=event["requestContext"]["http"]["sourceIp"],
        user_id=identity.get("user_id", ""),
        session_id=identity.get("sid", ""),
    )


def _problem(problem: Problem, event: Event, request_id: str) -> Response:
    path = event.get("pathParameters") or {}
    body = problem.details(path, instance=f"/requests/{request_id}", request_id=request_id)
    return Response(problem.status, body, {"content-type": "application/problem+json", **problem.headers})


def _encode(response: Response, sent: Mapping[str, str]) -> Response:
    """Return the response with a mapping encoded as JSON, gzipped if that saves bytes and the client accepts it."""
    if not isinstance(response.body, Mapping):
        return response
    headers = {"content-type": JSON, **response.headers}
    text = json.dumps(response.body, separators=(",", ":"), ensure_ascii=False)
    content = text.encode()
    if len(content) <= gzip_coding.WORTH:
        return response._replace(body=text, headers=headers)
    headers["vary"] = "accept-encoding"
    if not gzip_coding.is_accepted(sent.get("accept-encoding", "")):
        return response._replace(body=text, headers=headers)
    headers["content-encoding"] = "gzip"
    if "etag" in headers:
        headers["etag"] = entity_tags.mark_as_gzip(headers["etag"])
    return response._replace(body=gzip_coding.compress(content), headers=headers)


def _not_modified(response: Response) -> Response:
    headers = {
        name: value for name, value in response.headers.items() if name not in {"content-type", "content-encoding"}
    }
    return Response(304, None, headers)


def _answer(response: Response, request_id: str) -> Answer:
    answer: Answer = {
        "statusCode": response.status,
        "headers": {**HEADERS, "x-request-id": request_id, **response.headers},
    }
    if isinstance(response.body, bytes):  # the gateway decodes them
        answer |= {"body": base64.b64encode(response.body).decode(), "isBase64Encoded": True}
    elif response.body is not None:
        answer["body"] = response.body
    if response.cookies:
        answer["cookies"] = response.cookies
    return answer


_cold = [True]


def _is_cold_start() -> bool:
    is_cold = _cold[0]
    _cold[0] = False
    return is_cold
