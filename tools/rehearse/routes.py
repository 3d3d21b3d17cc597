"""The routes of the deployed API, because MiniStack does not import an HTTP API's OpenAPI body.

The body is read from the deployed (processed) template, and its authorizers, routes, integrations and CORS are made by calls of API
Gateway. On AWS the import does this, by the same extensions:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import re
from collections.abc import Mapping
from typing import Any

from tools.local.application import REGION
from tools.rehearse.account import Clients
from tools.rehearse.commands import StepError

DOMAIN = "127.0.0.1"  # a domain of the API, whose paths begin at the root; MiniStack's own API is at localhost


def create_routes(clients: Clients, stack: str) -> None:
    """Make the routes of the stack's HTTP API, and serve it at MiniStack's numeric address."""
    gateway = clients("apigatewayv2")
    template = clients("cloudformation").get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    names = read_physical_names(clients, stack)
    ((api, body),) = (
        (names[logical_id], resource["Properties"]["Body"])
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::ApiGatewayV2::Api"
    )
    authorizers = {
        name: gateway.create_authorizer(ApiId=api, Name=name, **build_authorizer(scheme, names))["AuthorizerId"]
        for name, scheme in body["components"]["securitySchemes"].items()
    }
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            made = gateway.create_integration(ApiId=api, **build_integration(operation, names))
            gateway.create_route(
                ApiId=api,
                RouteKey=f"{method.upper()} {path}",
                Target=f"integrations/{made['IntegrationId']}",
                **build_authorization(operation, authorizers),
            )
    gateway.update_api(ApiId=api, CorsConfiguration=build_cors(body["x-amazon-apigateway-cors"]))
    gateway.create_domain_name(DomainName=DOMAIN)
    gateway.create_api_mapping(DomainName=DOMAIN, ApiId=api, Stage="$default")


def read_physical_names(clients: Clients, stack: str) -> dict[str, str]:
    """Return what !Ref gives for each resource of the stack, and !GetAtt for the ARNs of functions."""
    resources = clients("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    functions = clients("lambda").get_paginator("list_functions").paginate().search("Functions[]")
    arns = {one["FunctionName"]: one["FunctionArn"] for one in functions}
    pseudo = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::StackName": stack}
    return pseudo | names | {f"{logical}.Arn": arns[name] for logical, name in names.items() if name in arns}


def resolve(value: object, names: Mapping[str, str]) -> str:
    """Return the text that CloudFormation makes of a value.

    Raises KeyError for a name that the stack does not have, and StepError for a function that is not known here.
    """
    match value:
        case {"Ref": name}:
            return names[name]
        case {"Fn::GetAtt": [resource, attribute]}:
            return names[f"{resource}.{attribute}"]
        case {"Fn::Sub": [text, local]}:
            return resolve({"Fn::Sub": text}, {**names, **{name: resolve(one, names) for name, one in local.items()}})
        case {"Fn::Sub": text}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: names[found[1]], text)
        case str():
            return value
    raise StepError(f"{value} cannot be resolved: add it to tools/rehearse/routes.py.")


def build_authorizer(scheme: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of CreateAuthorizer for a security scheme."""
    extension = scheme["x-amazon-apigateway-authorizer"]
    return {
        "AuthorizerType": extension["type"].upper(),
        "AuthorizerUri": resolve(extension["authorizerUri"], names),
        "AuthorizerPayloadFormatVersion": extension["authorizerPayloadFormatVersion"],
        "AuthorizerResultTtlInSeconds": extension["authorizerResultTtlInSeconds"],
        "EnableSimpleResponses": extension["enableSimpleResponses"],
        "IdentitySource": extension["identitySource"],
    }


def build_integration(operation: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of CreateIntegration for an operation."""
    extension = operation["x-amazon-apigateway-integration"]
    return {
        "IntegrationType": extension["type"].upper(),
        "IntegrationUri": resolve(extension["uri"], names),
        "PayloadFormatVersion": extension["payloadFormatVersion"],
    }


def build_authorization(operation: Mapping[str, Any], authorizers: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments of CreateRoute that name the authorizer of an operation; SAM writes NONE for a public one."""
    guards = [name for rule in operation.get("security", []) for name in rule if name != "NONE"]
    if not guards:
        return {"AuthorizationType": "NONE"}
    (name,) = guards
    return {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizers[name]}


def build_cors(extension: Mapping[str, Any]) -> dict[str, Any]:
    """Return the CorsConfiguration; a list may be given as a single text."""
    lists = {"allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders"}
    return {
        name[0].upper() + name[1:]: value.split(",") if name in lists and isinstance(value, str) else value
        for name, value in extension.items()
    }
