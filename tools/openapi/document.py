"""openapi.json: every route with what its function takes and answers, and with examples of real requests."""

import importlib
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from openapi_pydantic import (
    Components,
    Example,
    Header,
    Info,
    License,
    Link,
    MediaType,
    OAuthFlow,
    OAuthFlows,
    OpenAPI,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Response,
    Schema,
    SecurityScheme,
    Server,
    Tag,
)
from openapi_pydantic import Operation as DocumentedOperation

from lambdo.endpoint import FORM, JSON
from lambdo.problems import (
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
    TagNotFound,
    TaskNotFound,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
)
from tools.local.application import Application, Route
from tools.openapi import parameters, schemas, shapes
from tools.openapi.operations import DESCRIPTION, GROUPS, LINKS, OPERATIONS, Answer, Operation
from tools.openapi.schemas import Json

ROOT: Final = Path(__file__).parents[2]
PROBLEM_JSON: Final = "application/problem+json"
FILE_VARIABLES: Final = ("{file}", "{path+}")
SCHEME: Final = "access_token"
NOT_FOUND: Final = {"task_id": TaskNotFound, "tag_id": TagNotFound, "session_id": SessionNotFound}
PROBLEM_HEADERS: Final[Mapping[type[Problem], tuple[str, ...]]] = {
    IdempotencyKeyInUse: ("RetryAfter",),
    PreconditionFailed: ("ETag",),
    ServiceUnavailable: ("RetryAfter",),
    TooManyRequests: ("RetryAfter", "RateLimit", "RateLimitPolicy"),
    Unauthenticated: ("WWWAuthenticate",),
}
# What API Gateway may say by itself, in its own words; docs/errors.md has the sources.
GATEWAY: Final = {
    401: "Unauthorized",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
FORM_SCHEMA: Final = {
    "type": "object",
    "properties": {"username": {"type": "string"}, "password": {"type": "string", "format": "password"}},
    "required": ["username", "password"],
}


class Exchange(NamedTuple):
    """A request that was really answered so."""

    name: str
    operation_id: str
    path_parameters: Mapping[str, str]
    media_type: str
    sent: Any
    status: int
    answered: Any


def document(application: Application, exchanges: Sequence[Exchange]) -> str:
    """Return openapi.json: all routes of the application, with these examples."""
    paths: dict[str, PathItem] = defaultdict(PathItem)
    responses: dict[str, Response | Reference] = {}
    for route in sorted(application.routes, key=lambda route: _place(application, route)):
        operation = _operation(application, route, exchanges, responses)
        setattr(paths[_documented_path(route)], route.method.lower(), operation)
    whole = OpenAPI(
        openapi="3.1.1",
        info=_info(),
        servers=[Server(url="/")],
        tags=[Tag(name=name, description=words) for name, words in GROUPS.items()],
        paths=dict(paths),
        components=Components(
            schemas={name: Schema.model_validate(schema) for name, schema in _schemas().items()},
            parameters={**parameters.PATH, **parameters.REQUEST_HEADERS},
            headers={**parameters.RESPONSE_HEADERS},
            responses=dict(sorted(responses.items())),
            securitySchemes={SCHEME: _security_scheme()},
        ),
    )
    return _text(whole)


def operation_id(application: Application, route: Route) -> str:
    """Return the name of the route's function, made unique where it has two: `put_` for `update_`, `_file` for what a page needs."""
    folder = _folder(application, route)
    name = folder.replace("update_", "put_") if route.method == "PUT" else folder
    return f"{name}_file" if route.path.endswith(FILE_VARIABLES) else name


def _place(application: Application, route: Route) -> tuple[int, str]:
    return list(OPERATIONS).index(_folder(application, route)), route.method


def _folder(application: Application, route: Route) -> str:
    return application.functions[route.function].handler.split(".")[0]


def _operation(
    application: Application,
    route: Route,
    exchanges: Sequence[Exchange],
    responses: dict[str, Response | Reference],
) -> DocumentedOperation:
    folder = _folder(application, route)
    name = operation_id(application, route)
    declared = OPERATIONS.get(name) or OPERATIONS[folder]
    examples = [exchange for exchange in exchanges if exchange.operation_id == name]
    return DocumentedOperation(
        operationId=name,
        tags=[declared.group],
        summary=_summary(folder),
        description=declared.description or None,
        parameters=list(_parameters(route, declared)),
        requestBody=_request_body(declared, declared.body, examples) if declared.body else None,
        responses={
            **{
                str(status): _answer(declared, status, answer, folder, examples)
                for status, answer in declared.answers.items()
            },
            **_refusals(_problems(route, declared), exchanges, responses),
        },
        security=_security(route, declared),
    )


def _documented_path(route: Route) -> str:
    return route.path.replace("+}", "}")  # the gateway's variable for the rest of a path


def _summary(folder: str) -> str:
    """Return what the handler's module says that it does, after its route."""
    words = (importlib.import_module(f"functions.{folder}.app").__doc__ or "").splitlines()[0].partition(" - ")[2]
    return words[0].upper() + words[1:].removesuffix(".")


def _parameters(route: Route, declared: Operation) -> Iterator[Parameter | Reference]:
    for name in re.findall(r"{(\w+)", route.path):
        yield _reference("parameters", name)
    yield from parameters.query(declared.query or {})
    for name in declared.headers:
        yield _reference("parameters", name)


def _request_body(declared: Operation, body: type, examples: Sequence[Exchange]) -> RequestBody:
    content = {}
    for media_type in declared.media_types:
        schema = FORM_SCHEMA if media_type == FORM else schemas.reference(body)
        sent = {
            _slug(one.name): Example(summary=one.name, value=one.sent)
            for one in examples
            if one.media_type == media_type and one.status < 400
        }
        content[media_type] = MediaType(media_type_schema=Schema.model_validate(schema), examples=sent or None)
    return RequestBody(required=declared.body_required, content=content)


def _answer(declared: Operation, status: int, answer: Answer, folder: str, examples: Sequence[Exchange]) -> Response:
    headers = ["XRequestId", *answer.headers, *(["IdempotentReplayed"] if "IdempotencyKey" in declared.headers else [])]
    answered = {
        _slug(one.name): Example(summary=one.name, value=one.answered) for one in examples if one.status == status
    }
    return Response(
        description=answer.description,
        headers=_headers(headers),
        content=_content(answer, answer.shape, answered) if answer.shape else None,
        links={
            target: Link(operationId=target, parameters=link.parameters, requestBody=link.body)
            for link in LINKS.get(folder, ())
            for target in link.targets
        }
        if status < 300
        else None,
    )


def _content(answer: Answer, shape: type, examples: Mapping[str, Example]) -> dict[str, MediaType]:
    schema = Schema.model_validate(schemas.reference(shape))
    media_type = MediaType(media_type_schema=schema, examples={**examples} or None)
    return dict.fromkeys(answer.media_types, media_type)


def _problems(route: Route, declared: Operation) -> set[type[Problem]]:
    """Return what the operation can refuse: by its route, by what it takes, and by itself."""
    headers = set(declared.headers)
    found = {ContentTooLarge, InternalError, *declared.problems}
    found |= {problem for name, problem in NOT_FOUND.items() if f"{{{name}}}" in route.path}
    found |= {Unauthenticated} if route.authorizer else set()
    found |= {Forbidden} if "{user_id}" in route.path else set()
    found |= {ServiceUnavailable} if declared.calls_aws else set()
    found |= {MalformedJson, UnsupportedMediaType, InvalidFields} if declared.body else set()
    found |= {InvalidFields} if declared.query is not None else set()
    found |= {MalformedHeader} if headers & {"IdempotencyKey", "IfMatch"} else set()
    found |= {IdempotencyKeyInUse, IdempotencyKeyReused} if "IdempotencyKey" in headers else set()
    found |= {PreconditionFailed} if "IfMatch" in headers else set()
    return found


def _refusals(
    problems: set[type[Problem]], exchanges: Sequence[Exchange], responses: dict[str, Response | Reference]
) -> dict[str, Reference]:
    """Return the refusals by status, and add each to the document's responses."""
    by_status: dict[int, list[type[Problem]]] = {status: [] for status in GATEWAY if status != 401}
    for problem in sorted(problems, key=lambda problem: problem.code):
        by_status.setdefault(problem.status, []).append(problem)
    references = {}
    for status, some in sorted(by_status.items()):
        name = "Or".join(problem.__name__ for problem in some) or f"Gateway{status}"
        responses[name] = _refusal(status, some, exchanges)
        references[str(status)] = _reference("responses", name)
    return references


def _refusal(status: int, problems: Sequence[type[Problem]], exchanges: Sequence[Exchange]) -> Response:
    content = {}
    if problems:
        codes = [problem.code for problem in problems]
        examples = {code: Example(summary=code, value=_example_of(code, exchanges)) for code in codes}
        schema = {"allOf": [schemas.reference(shapes.Problem), {"properties": {"code": {"enum": codes}}}]}
        content[PROBLEM_JSON] = MediaType(media_type_schema=Schema.model_validate(schema), examples=examples)
    if status in GATEWAY and (status != 401 or Unauthenticated in problems):
        content[JSON] = MediaType(
            media_type_schema=Schema.model_validate(schemas.reference(shapes.GatewayMessage)),
            examples={"gateway": Example(summary="From the gateway", value={"message": GATEWAY[status]})},
        )
    headers = {name for problem in problems for name in PROBLEM_HEADERS.get(problem, ())}
    return Response(
        description="\n".join(f"- `{problem.code}`: {problem.default_detail}" for problem in problems)
        or f"From the gateway: {GATEWAY[status]}.",
        headers=_headers(sorted(headers)),
        content=content,
    )


def _example_of(code: str, exchanges: Sequence[Exchange]) -> Any:  # noqa: ANN401 - whatever JSON holds
    for exchange in exchanges:
        if exchange.status >= 400 and exchange.answered["code"] == code:
            return exchange.answered
    raise LookupError(f"No example is answered with {code}.")


def _headers(names: Sequence[str]) -> dict[str, Header | Reference]:
    return {parameters.wire_name(name): _reference("headers", name) for name in names}


def _security(route: Route, declared: Operation) -> list[dict[str, list[str]]]:
    if route.authorizer:
        return [{SCHEME: []}]
    return [{}, {SCHEME: []}] if declared.token_optional else []


def _security_scheme() -> SecurityScheme:
    return SecurityScheme(
        type="oauth2",
        description="An access token, for 15 minutes. Log in with e-mail address and password; there are no clients and no"
        " scopes.",
        flows=OAuthFlows(password=OAuthFlow(tokenUrl="/api/auth/login", scopes={})),
    )


def _schemas() -> dict[str, Json]:
    """Return the schemas of all that is sent and answered."""
    bodies = [declared.body for declared in OPERATIONS.values() if declared.body]
    answers = [
        answer.shape
        for declared in OPERATIONS.values()
        for answer in declared.answers.values()
        if answer.shape and answer.shape is not str
    ]
    return schemas.components([*bodies, *answers, shapes.Problem, shapes.GatewayMessage])


def _info() -> Info:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return Info(
        title="Lambdo",
        version=project["version"],
        summary=project["description"],
        description=DESCRIPTION,
        license=License(name="MIT", identifier="MIT"),
    )


def _reference(kind: str, name: str) -> Reference:
    return Reference.model_validate({"$ref": f"#/components/{kind}/{name}"})


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")


def _text(whole: OpenAPI) -> str:
    """Return the document as JSON; the model reads `maximum` and its like as floats, which are whole numbers here."""
    fields = json.loads(
        whole.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True),
        parse_float=lambda number: int(float(number)) if float(number).is_integer() else float(number),
    )
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
