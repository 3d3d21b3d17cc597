"""openapi.json: every route with its parameters and responses, and with examples of real requests."""

import importlib
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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

from lambdo.web.endpoint import FORM
from tools.local.application import Application, Route
from tools.openapi import examples, parameters, responses, schemas, shapes
from tools.openapi.examples import Exchange
from tools.openapi.operations import DESCRIPTION, GROUPS, OPERATIONS, Operation
from tools.openapi.responses import Refusal
from tools.openapi.schemas import Json

ROOT: Final = Path(__file__).parents[2]
FILE_VARIABLES: Final = ("{file}", "{path+}")
SCHEME: Final = "access_token"
FORM_SCHEMA: Final = {
    "type": "object",
    "properties": {"username": {"type": "string"}, "password": {"type": "string", "format": "password"}},
    "required": ["username", "password"],
}


def document(application: Application, exchanges: Sequence[Exchange]) -> str:
    """Return openapi.json: all routes of the application, with these examples."""
    paths: dict[str, PathItem] = defaultdict(PathItem)
    shared: dict[str, Refusal] = {}
    for route in sorted(application.routes, key=lambda route: _place(application, route)):
        operation = _operation(application, route, exchanges, shared)
        setattr(paths[_documented_path(route)], route.method.lower(), operation)
    whole = OpenAPI(
        openapi="3.1.1",
        info=_info(),
        servers=[Server(url="/")],
        tags=[Tag(name=name, description=words) for name, words in GROUPS.items()],
        paths=dict(paths),
        components=Components(
            schemas={name: Schema.model_validate(schema) for name, schema in _schemas(shared).items()},
            parameters={**parameters.PATH, **parameters.REQUEST_HEADERS},
            headers={**parameters.RESPONSE_HEADERS},
            responses={name: responses.refusal(name, one, exchanges) for name, one in sorted(shared.items())},
            securitySchemes={SCHEME: _security_scheme()},
        ),
    )
    return _text(whole)


def operation_id(application: Application, route: Route) -> str:
    """Return the name of the route's function, made unique where it has two routes: `put_` for `update_`, `_file` for files."""
    folder = _folder(application, route)
    name = folder.replace("update_", "put_") if route.method == "PUT" else folder
    return f"{name}_file" if route.path.endswith(FILE_VARIABLES) else name


def _place(application: Application, route: Route) -> tuple[int, str, str]:
    return list(OPERATIONS).index(_folder(application, route)), route.path, route.method


def _folder(application: Application, route: Route) -> str:
    return application.functions[route.function].folder


def _operation(
    application: Application,
    route: Route,
    exchanges: Sequence[Exchange],
    shared: dict[str, Refusal],
) -> DocumentedOperation:
    folder = _folder(application, route)
    name = operation_id(application, route)
    declared = OPERATIONS.get(name) or OPERATIONS[folder]
    own = [exchange for exchange in exchanges if exchange.operation_id == name]
    return DocumentedOperation(
        operationId=name,
        tags=[declared.group],
        summary=_summary(folder),
        description=declared.description or None,
        parameters=list(_parameters(route, declared)),
        requestBody=_request_body(declared, declared.body, own) if declared.body else None,
        responses={
            **responses.answers(declared, folder, own),
            **responses.refusals(route, declared, shared),
        },
        security=_security(route, declared),
    )


def _documented_path(route: Route) -> str:
    return route.path.replace("+}", "}")  # the gateway's variable for the rest of a path


def _summary(folder: str) -> str:
    """Return the summary in the docstring of the handler's module, which follows the route."""
    words = (importlib.import_module(f"functions.{folder}.app").__doc__ or "").splitlines()[0].partition(" - ")[2]
    return words[0].upper() + words[1:].removesuffix(".")


def _parameters(route: Route, declared: Operation) -> Iterator[Parameter | Reference]:
    for name in re.findall(r"{(\w+)", route.path):
        yield parameters.reference("parameters", name)
    yield from parameters.query(declared.query or {})
    for name in declared.headers:
        yield parameters.reference("parameters", name)


def _request_body(declared: Operation, body: type, exchanges: Sequence[Exchange]) -> RequestBody:
    content = {}
    for media_type in declared.media_types:
        schema = FORM_SCHEMA if media_type == FORM else schemas.reference(body)
        sent = examples.of_requests(exchanges, media_type)
        content[media_type] = MediaType(media_type_schema=Schema.model_validate(schema), examples={**sent} or None)
    return RequestBody(required=declared.body_required, content=content)


def _security(route: Route, declared: Operation) -> list[dict[str, list[str]]]:
    if route.authorizer:
        return [{SCHEME: []}]
    return [{}, {SCHEME: []}] if declared.token_optional else []


def _security_scheme() -> SecurityScheme:
    return SecurityScheme(
        type="oauth2",
        description="An access token, valid for 15 minutes. Log in with your email address and password; there are no"
        " clients and no scopes.",
        flows=OAuthFlows(password=OAuthFlow(tokenUrl="/api/auth/login", scopes={})),
    )


def _schemas(shared: Mapping[str, Refusal]) -> dict[str, Json]:
    """Return the schemas of all request and response bodies."""
    bodies = [declared.body for declared in OPERATIONS.values() if declared.body]
    answers = [answer.shape for declared in OPERATIONS.values() for answer in declared.answers.values() if answer.shape]
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
    """Return the document as JSON; the model reads `maximum` and its like as floats, but they are integers here."""
    fields = json.loads(
        whole.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True),
        parse_float=lambda number: int(float(number)) if float(number).is_integer() else float(number),
    )
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
