"""Reads template.yaml through SAM CLI's own providers: functions, routes, CORS, authorizers, table, streams, keys.

The only importer of samcli's classes, which are no public API: its version is pinned exactly, and tests hold what is
read here against the template. Importing it takes two seconds.
"""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
from samcli.local.lambdafn.env_vars import EnvironmentVariables

from tools.local.application import ACCOUNT, REGION, STACK, Application, Authorizer, Cors, EventSource, Function, Route
from tools.local.console import StartError
from tools.local.filters import read_patterns

# What a deployment's owner has to say; here it has a default, so that mails work out of the box.
LOCAL_PARAMETERS = {"MailFrom": "lambdo@example.com"}


class SamFunction(Protocol):
    """What is used of `samcli.lib.providers.provider.Function`."""

    name: str
    handler: str
    codeuri: str
    memory: int | None
    timeout: int | None
    environment: dict[str, Any] | None
    logging_config: dict[str, Any] | None
    layers: list[Any]


def read_template(template: Path, parameters: Mapping[str, str], attributes: Mapping[str, Any]) -> Application:
    """Return the application of a template, every intrinsic function resolved by SAM CLI.

    `attributes` gives what only a deployment knows: logical id -> {attribute: value}, for !GetAtt.
    Raises StartError when SAM CLI cannot read the template.
    """
    logging.getLogger("samcli").setLevel(logging.CRITICAL)
    pseudo = {"AWS::Region": REGION, "AWS::StackName": STACK, "AWS::AccountId": ACCOUNT}
    try:
        stacks, _ = SamLocalStackProvider.get_stacks(
            str(template),
            parameter_overrides={**LOCAL_PARAMETERS, **parameters},
            global_parameter_overrides={**pseudo, **attributes},
        )
        resources = stacks[0].resources
        functions = [_read_function(one) for one in SamFunctionProvider(stacks).get_all()]
        api = ApiProvider(stacks, cwd=str(template.parent)).api
    except Exception as error:
        raise StartError(f"{template.name}: {str(error).splitlines()[0]}") from error
    return Application(
        functions={one.name: one for one in functions},
        routes=_read_routes(api.routes, resources),
        authorizers=_read_authorizers(api.routes, resources),
        cors=_read_cors(_find_http_api(resources).get("CorsConfiguration")),
        tables={
            _name_table(name, resource): resource["Properties"]
            for name, resource in resources.items()
            if resource["Type"] == "AWS::DynamoDB::Table"
        },
        keys=next((one["Properties"] for one in resources.values() if one["Type"] == "Custom::SigningKeys"), None),
        sources=[
            _read_event_source(one["Properties"], resources)
            for one in resources.values()
            if one["Type"] == "AWS::Lambda::EventSourceMapping"
        ],
        resources=resources,
    )


def _read_function(one: SamFunction) -> Function:

    variables = (one.environment or {}).get("Variables", {})
    environment = EnvironmentVariables(
        one.name, one.memory or 128, one.timeout or 3, one.handler, one.logging_config, variables=variables
    ).resolve()
    layers = [Path(layer.codeuri) for layer in one.layers if layer.codeuri]
    code = Path(one.codeuri)
    folder = code / one.handler.split(".")[0]
    return Function(
        name=one.name,
        handler=one.handler,
        path=[str(code), *map(str, layers)],
        sources=[folder if folder.is_dir() else code, *layers],
        environment=environment,
        timeout=float(one.timeout or 3),
        arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{one.name}",
    )


def _find_http_api(resources: Mapping[str, Any]) -> dict[str, Any]:
    apis = [one for one in resources.values() if one["Type"] == "AWS::Serverless::HttpApi"]
    if len(apis) != 1:
        raise StartError(f"template.yaml must declare exactly one AWS::Serverless::HttpApi, not {len(apis)}.")
    properties: dict[str, Any] = apis[0].get("Properties", {})
    return properties


def _read_routes(routes: Iterable[Any], resources: Mapping[str, Any]) -> list[Route]:
    """Return a route per declared method: SAM CLI spells ANY out and, with CORS, adds OPTIONS to every route."""
    declared = {
        (
            name,
            event.get("Properties", {}).get("Path", "$default"),
            event.get("Properties", {}).get("Method", "ANY").upper(),
        )
        for name, one in resources.items()
        for event in (one.get("Properties", {}).get("Events") or {}).values()
        if one["Type"] == "AWS::Serverless::Function" and event["Type"] == "HttpApi"
    }
    return [
        Route(method, route.path, route.function_name, route.authorizer_name)
        for route in routes
        for method in ["ANY", *route.methods]
        if (route.function_name, route.path, method) in declared
    ]


def _read_authorizers(routes: Iterable[Any], resources: Mapping[str, Any]) -> dict[str, Authorizer]:
    """Return the authorizers in use, with ReauthorizeEvery, which SAM CLI's own gateway ignores."""
    configured = _find_http_api(resources).get("Auth", {}).get("Authorizers", {})
    found: dict[str, Authorizer] = {}
    for route in routes:
        rules = route.authorizer_object
        if rules is not None:
            ttl = configured[route.authorizer_name].get("Identity", {}).get("ReauthorizeEvery", 0)
            found[route.authorizer_name] = Authorizer(route.authorizer_name, rules.lambda_name, float(ttl), rules)
    return found


def _read_cors(configuration: Mapping[str, Any] | bool | None) -> Cors | None:
    """Return the CORS settings, with ExposeHeaders, which SAM CLI's own gateway ignores."""
    if not configuration:
        return None
    everything = {"AllowOrigins": "*", "AllowMethods": "*", "AllowHeaders": "*"}
    settings: Mapping[str, Any] = everything if configuration is True else configuration

    def several(name: str) -> list[str]:
        value = settings.get(name) or []
        return [part.strip() for part in value.split(",")] if isinstance(value, str) else [str(part) for part in value]

    age = settings.get("MaxAge")
    return Cors(
        origins=several("AllowOrigins"),
        methods=several("AllowMethods"),
        headers=several("AllowHeaders"),
        exposed=several("ExposeHeaders"),
        max_age=None if age is None else int(age),
        credentials=str(settings.get("AllowCredentials", "")).lower() == "true",
    )


def _read_event_source(properties: Mapping[str, Any], resources: Mapping[str, Any]) -> EventSource:
    """Return a mapping of a table's stream, and the function behind its alias.

    SAM CLI leaves !GetAtt Table.StreamArn unresolved, which names the table.
    """
    match properties["EventSourceArn"]:
        case {"Fn::GetAtt": [table, "StreamArn"]} if table in resources:
            return EventSource(
                function=str(properties["FunctionName"]).removesuffix(".Alias"),
                table=_name_table(table, resources[table]),
                patterns=read_patterns(properties.get("FilterCriteria", {})),
                batch=int(properties.get("BatchSize", EventSource.batch)),
                retries=int(properties.get("MaximumRetryAttempts", EventSource.retries)),
                bisect=str(properties.get("BisectBatchOnFunctionError", "")).lower() == "true",
                by_item="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
            )
    raise StartError(
        f"EventSourceArn: make dev follows streams of the template's tables, not {properties['EventSourceArn']}."
    )


def _name_table(logical_id: str, resource: Mapping[str, Any]) -> str:
    return str(resource["Properties"].get("TableName", logical_id))
