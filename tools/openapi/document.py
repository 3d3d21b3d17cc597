"""openapi.json: every route with its parameters and responses, and with examples of real requests."""

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from openapi_pydantic import (
    Components,
    Info,
    License,
    MediaType,
    OAuthFlow,
    OAuthFlows,
    OpenAPI,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Schema,
    SecurityScheme,
    Server,
    Tag,
)
from openapi_pydantic import Operation as DocumentedOperation

from lambdo.base.problems import Unauthenticated
from lambdo.web.endpoint import FORM
from tools.local.application import Application, Route
from tools.openapi import examples, parameters, responses, schemas, shapes
from tools.openapi.examples import Exchange
from tools.openapi.operations import FILE_VARIABLES, GROUPS, Operation, read_operation
from tools.openapi.responses import Refusal
from tools.openapi.schemas import Json

ROOT: Final = Path(__file__).parents[2]
SCHEME: Final = "access_token"
FORM_SCHEMA: Final = {
    "type": "object",
    "properties": {"username": {"type": "string"}, "password": {"type": "string", "format": "password"}},
    "required": ["username", "password"],
}

DESCRIPTION: Final = """\
Accounts, tasks and tags over HTTPS. Requests and responses are JSON in UTF-8.

**Try it:** register, then press *Authorize* and log in with your email address as the username. You can then call every
operation from this page.

- `{user_id}` is your own user id, or `me`.
- Updates are partial: fields that are not sent keep their values, null clears a field. Unknown fields and parameters are
  refused.
- Single items come with an `ETag`. Send it as `If-Match`, and an update is refused if the item has changed since.
- Writes with an `Idempotency-Key` can be retried until there is a response, and take effect once.
- Responses over 1 KB are gzipped for clients that accept it. Their `ETag` is different, and as valid in `If-Match`.
- Errors are problem details (RFC 9457) with a stable `code`; their `type` links to an explanation.
"""


def document(application: Application, exchanges: Sequence[Exchange]) -> str:
    """Return openapi.json: all routes of the application, with these examples."""
    paths: dict[str, PathItem] = defaultdict(PathItem)
    shared: dict[str, Refusal] = {}
    operations = [read_operation(_folder(application, route), route) for route in application.routes]
    groups = list(dict.fromkeys([*GROUPS, *(operation.group for operation in operations)]))
    for operation in sorted(operations, key=lambda one: (groups.index(one.group), one.route.path)):
        name = operation_id(application, operation.route)
        own = [exchange for exchange in exchanges if exchange.operation_id == name]
        path = paths[operation.route.path.replace("+}", "}")]  # as in {path+}: the rest of a path
        setattr(path, operation.route.method.lower(), _operation(operation, name, own, shared))
    whole = OpenAPI(
        openapi="3.1.1",
        info=_info(),
        servers=[Server(url="/")],
        tags=[Tag(name=name, description=GROUPS[name].description if name in GROUPS else None) for name in groups],
        paths=dict(paths),
        components=Components(
            schemas={name: Schema.model_validate(schema) for name, schema in _schemas(operations, shared).items()},
            parameters={**parameters.PATH, **parameters.REQUEST_HEADERS},
            headers={**parameters.RESPONSE_HEADERS},
            responses={name: responses.refusal(name, one, exchanges) for name, one in sorted(shared.items())},
            securitySchemes={SCHEME: _security_scheme()},
        ),
    )
    return _text(whole)


def operation_id(application: Application, route: Route) -> str:
    """Return the name of the route's function, made unique if it has two: `put_` for `update_`, `_file` for files."""
    folder = _folder(application, route)
    name = folder.replace("update_", "put_") if route.method == "PUT" else folder
    return f"{name}_file" if route.path.endswith(FILE_VARIABLES) else name


def _folder(application: Application, route: Route) -> str:
    return application.functions[route.function].folder


def _operation(
    operation: Operation, name: str, exchanges: Sequence[Exchange], shared: dict[str, Refusal]
) -> DocumentedOperation:
    """Return the operation with this name and its exchanges; `shared` collects the refusals of all operations."""
    return DocumentedOperation(
        operationId=name,
        tags=[operation.group],
        summary=operation.summary,
        description=operation.description or None,
        parameters=list(_parameters(operation)),
        requestBody=_request_body(operation, operation.body, exchanges) if operation.body else None,
        responses={**responses.answers(operation, exchanges), **responses.refusals(operation, shared)},
        security=_security(operation),
    )


def _parameters(operation: Operation) -> Iterator[Parameter | Reference]:
    for name in re.findall(r"{(\w+)", operation.route.path):
        yield parameters.reference("parameters", name)
    yield from parameters.query(operation.handler.query or {})
    for name in operation.headers:
        yield parameters.reference("parameters", name)


def _request_body(operation: Operation, body: type, exchanges: Sequence[Exchange]) -> RequestBody:
    content = {}
    for media_type in operation.media_types:
        schema = FORM_SCHEMA if media_type == FORM else schemas.reference(body)
        sent = examples.of_requests(exchanges, media_type)
        content[media_type] = MediaType(media_type_schema=Schema.model_validate(schema), examples={**sent} or None)
    return RequestBody(required=operation.body_required, content=content)


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.route.authorizer:
        return [{SCHEME: []}]
    reads_token = Unauthenticated in operation.handler.problems
    return [{}, {SCHEME: []}] if reads_token else []


def _security_scheme() -> SecurityScheme:
    return SecurityScheme(
        type="oauth2",
        description="An access token, valid for 15 minutes. Log in with your email address and password; there are no"
        " clients and no scopes.",
        flows=OAuthFlows(password=OAuthFlow(tokenUrl="/api/auth/login", scopes={})),
    )


def _schemas(operations: Iterable[Operation], shared: Mapping[str, Refusal]) -> dict[str, Json]:
    """Return the schemas of all request and response bodies."""
    bodies = [operation.body for operation in operations if operation.body]
    answers = [answer.shape for operation in operations for answer in operation.answers.values() if answer.shape]
    components = schemas.components([*bodies, *answers, shapes.Problem, shapes.GatewayMessage])
    return dict(sorted({**components, **responses.refusal_schemas(shared)}.items()))


def _info() -> Info:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return Info(
        title="Lambdo",
        version=project["version"],
        summary=project["description"],
        description=DESCRIPTION,
        license=License(name="MIT", identifier="MIT"),
    )


def _text(whole: OpenAPI) -> str:
    """Return the document as JSON; the model reads numbers such as `maximum` as floats, but they are integers here."""
    fields = json.loads(
        whole.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True),
        parse_float=lambda number: int(float(number)) if float(number).is_integer() else float(number),
    )
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
