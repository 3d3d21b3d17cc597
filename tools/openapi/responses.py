"""The responses of operations in openapi.json: successes and refusals."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from openapi_pydantic import Example, Header, Link, MediaType, Reference, Response, Schema

from lambdo.base.problems import (
    ContentTooLarge,
    Forbidden,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    InternalError,
    InvalidFields,
    MalformedHeader,
    MalformedJson,
    PreconditionFailed,
    Problem,
    ServiceUnavailable,
    SessionNotFound,
    StorageFull,
    TagNotFound,
    TaskNotFound,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
)
from lambdo.web.endpoint import JSON
from tools.openapi import examples, parameters, schemas, shapes
from tools.openapi.examples import Exchange
from tools.openapi.links import LINKS
from tools.openapi.operations import Answer, Operation
from tools.openapi.schemas import Json

PROBLEM_JSON: Final = "application/problem+json"
NOT_FOUND: Final = {"task_id": TaskNotFound, "tag_id": TagNotFound, "session_id": SessionNotFound}
PROBLEM_HEADERS: Final[Mapping[type[Problem], tuple[str, ...]]] = {
    IdempotencyKeyInUse: ("Retry-After",),
    PreconditionFailed: ("ETag",),
    ServiceUnavailable: ("Retry-After",),
    TooManyRequests: ("Retry-After", "RateLimit", "RateLimit-Policy"),
    Unauthenticated: ("WWW-Authenticate",),
}
# The messages of API Gateway's own error responses; docs/errors.md has the sources.
GATEWAY: Final = {
    401: "Unauthorized",
    404: "Not Found",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Refusal(NamedTuple):
    """A status and the problems that have it; no problems if only the gateway returns it."""

    status: int
    problems: Sequence[type[Problem]]


def answers(operation: Operation, exchanges: Sequence[Exchange]) -> dict[str, Response]:
    """Return the successful responses by status; the exchanges are those of the operation."""
    return {str(status): _answer(operation, status, answer, exchanges) for status, answer in operation.answers.items()}


def refusals(operation: Operation, shared: dict[str, Refusal]) -> dict[str, Reference]:
    """Return references to the refusals by status, and add each to `shared`, the refusals of all operations."""
    # With some values of a variable, such as a value with a slash, the path matches no route.
    anywhere = GATEWAY.keys() - {401} - ({404} if "{" not in operation.route.path else set())
    by_status: dict[int, list[type[Problem]]] = {status: [] for status in anywhere}
    for problem in sorted(_problems(operation), key=lambda problem: problem.code):
        by_status.setdefault(problem.status, []).append(problem)
    references = {}
    for status, some in sorted(by_status.items()):
        name = "Or".join(problem.__name__ for problem in some) or f"Gateway{status}"
        shared[name] = Refusal(status, some)
        references[str(status)] = parameters.reference("responses", name)
    return references


def refusal(name: str, refused: Refusal, exchanges: Sequence[Exchange]) -> Response:
    """Return the shared response of this name."""
    status, problems = refused
    content = {}
    if problems:
        content[PROBLEM_JSON] = MediaType(
            media_type_schema=parameters.reference("schemas", name),
            examples={problem.code: examples.of_problem(exchanges, problem.code) for problem in problems},
        )
    if status in GATEWAY and (status != 401 or Unauthenticated in problems):
        content[JSON] = MediaType(
            media_type_schema=Schema.model_validate(schemas.reference(shapes.GatewayMessage)),
            examples={"gateway": Example(summary="From API Gateway", value={"message": GATEWAY[status]})},
        )
    headers = {name for problem in problems for name in PROBLEM_HEADERS.get(problem, ())}
    return Response(
        description="\n".join(f"- `{problem.code}`: {problem.default_detail}" for problem in problems)
        or f"From API Gateway: {GATEWAY[status]}.",
        headers=_headers(sorted(headers)),
        content=content,
    )


def refusal_schemas(shared: Mapping[str, Refusal]) -> dict[str, Json]:
    """Return a schema for each refusal of a function, by name, so that generated clients have a type for each."""
    problem = schemas.reference(shapes.Problem)
    return {
        name: {"allOf": [problem, {"properties": {"code": {"enum": [one.code for one in refused.problems]}}}]}
        for name, refused in shared.items()
        if refused.problems
    }


def _answer(operation: Operation, status: int, answer: Answer, exchanges: Sequence[Exchange]) -> Response:
    headers = [
        "X-Request-Id",
        *answer.headers,
        *(["Idempotent-Replayed"] if "IdempotencyKey" in operation.headers else []),
    ]
    return Response(
        description=answer.description,
        headers=_headers(headers),
        content=_content(answer, answer.shape, examples.of_answers(exchanges, status)) if answer.shape else None,
        links={
            target: Link(operationId=target, parameters=link.parameters, requestBody=link.body)
            for link in LINKS.get(operation.folder, ())
            for target in link.targets
        }
        if status < 300
        else None,
    )


def _content(answer: Answer, shape: type, answered: Mapping[str, Example]) -> dict[str, MediaType]:
    schema = Schema.model_validate(schemas.reference(shape))
    media_type = MediaType(media_type_schema=schema, examples={**answered} or None)
    return dict.fromkeys(answer.media_types, media_type)


def _problems(operation: Operation) -> set[type[Problem]]:
    """Return the operation's problems: those of its route, its parameters and its body, and those that it declares."""
    route, handler, headers = operation.route, operation.handler, set(operation.headers)
    found = {ContentTooLarge, InternalError, *handler.problems}
    found |= {problem for name, problem in NOT_FOUND.items() if f"{{{name}}}" in route.path}
    found |= {Unauthenticated} if route.authorizer else set()
    found |= {Forbidden} if "{user_id}" in route.path else set()
    found |= {ServiceUnavailable} if handler.uses_aws else set()
    found |= {StorageFull} if handler.uses_aws and route.method != "GET" else set()
    found |= {MalformedJson, UnsupportedMediaType, InvalidFields} if operation.body else set()
    found |= {InvalidFields} if handler.query is not None else set()
    found |= {MalformedHeader} if headers & {"IdempotencyKey", "IfMatch"} else set()
    found |= {IdempotencyKeyInUse, IdempotencyKeyReused} if "IdempotencyKey" in headers else set()
    found |= {PreconditionFailed} if "IfMatch" in headers else set()
    return found


def _headers(names: Sequence[str]) -> dict[str, Header | Reference]:
    return {name: parameters.reference("headers", name) for name in names}
