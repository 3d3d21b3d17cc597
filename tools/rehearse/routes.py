"""What MiniStack leaves out of a deployment: it does not import an HTTP API's OpenAPI body.

So the body of the deployed (processed) template is read here and made with API Gateway's own calls: authorizers,
routes and their integrations, and CORS. On AWS the import does this, by the same extensions:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import re
from collections.abc import Mapping
from typing import Any

from tools.local.application import REGION
from tools.rehearse.account import Clients
from tools.rehearse.commands import StepError

DOMAIN = "127.0.0.1"  # a domain of the API, so that its paths begin at the root there; MiniStack's own are at localhost


def create_routes(clients: Clients, stack: str) -> None:
    """Make the routes of the stack's HTTP API, and let it answer at MiniStack's address by number."""
    gateway = clients("apigatewayv2")
    template = clients("cloudformation").get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    names = physical_names(clients, stack)
    ((api, body),) = (
        (names[logical_id], resource["Properties"]["Body"])
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::ApiGatewayV2::Api"
    )
    authorizers = {
        name: gateway.create_authorizer(ApiId=api, Name=name, **authorizer(scheme, names))["AuthorizerId"]
        for name, scheme in body["components"]["securitySchemes"].items()
    }
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            made = gateway.create_integration(ApiId=api, **integration(operation, names))
            gateway.create_route(
                ApiId=api,
                RouteKey=f"{method.upper()} {path}",
                Target=f"integrations/{made['IntegrationId']}",
                **authorization(operation, authorizers),
            )
    gateway.update_api(ApiId=api, CorsConfiguration=cors(body["x-amazon-apigateway-cors"]))
    gateway.create_domain_name(DomainName=DOMAIN)
    gateway.create_api_mapping(DomainName=DOMAIN, ApiId=api, Stage="$default")


def physical_names(clients: Clients, stack: str) -> dict[str, str]:
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


def authorizer(scheme: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
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


def integration(operation: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of CreateIntegration for an operation."""
    extension = operation["x-amazon-apigateway-integration"]
    return {
        "IntegrationType": extension["type"].upper(),
        "IntegrationUri": resolve(extension["uri"], names),
        "PayloadFormatVersion": extension["payloadFormatVersion"],
    }


def authorization(operation: Mapping[str, Any], authorizers: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments of CreateRoute that say who guards an operation; SAM writes NONE for nobody."""
    guards = [name for rule in operation.get("security", []) for name in rule if name != "NONE"]
    if not guards:
        return {"AuthorizationType": "NONE"}
    (name,) = guards
    return {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizers[name]}


def cors(extension: Mapping[str, Any]) -> dict[str, Any]:
    """Return the CorsConfiguration; a single value may stand where a list is meant."""
    lists = {"allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders"}
    return {
        name[0].upper() + name[1:]: value.split(",") if name in lists and isinstance(value, str) else value
        for name, value in extension.items()
    }
