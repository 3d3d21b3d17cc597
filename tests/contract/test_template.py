"""template.yaml: every function stands where the design puts it, may do what it does and no more, and can be found again."""

import ast
import itertools
import json
import re
from collections.abc import Iterator

import pytest
from samcli.yamlhelper import yaml_parse

from tests.support.routes import PUBLIC
from tests.support.template import (
    FUNCTIONS,
    ROOT,
    camel,
    function,
    hashes_passwords,
    resources,
    routes,
    snake,
    statements,
    template,
    variables,
)

_ISSUES_TOKENS = {"TOKEN_ISSUER", "SIGNING_KEYS_PARAMETER", "SIGNING_KEY_ID"}

# Only what a function has beside that which all have: a plain endpoint is in none of these. What it may do is stated once,
# in the template: the watch of all tests (tests/support/watch.py) knows that nothing is missing and nothing spare.
VARIABLES: dict[str, set[str]] = {
    "authorizer": {"JWKS", "TOKEN_ISSUER"},
    "register": {"MAIL", "PASSWORD_COST", "REGISTRATIONS_PER_ADDRESS"},
    "request_email_verification": {"MAIL", "MAILS_PER_ACCOUNT"},
    "verify_email": {"MAIL"},
    "request_password_reset": {"MAIL", "MAILS_PER_ACCOUNT", "MAILS_PER_ADDRESS"},
    "reset_password": {"MAIL", "PASSWORD_COST"},
    "log_in": {"PASSWORD_COST", "LOG_IN_FAILURES_PER_ACCOUNT", "LOG_IN_FAILURES_PER_ADDRESS", *_ISSUES_TOKENS},
    "refresh_session": _ISSUES_TOKENS,
    "log_out": {"JWKS", "TOKEN_ISSUER"},
    "delete_me": {"PASSWORD_COST", "PASSWORD_CHECKS_PER_ACCOUNT"},
    "change_password": {"PASSWORD_COST", "PASSWORD_CHECKS_PER_ACCOUNT"},
    "list_tasks": {"CURSOR_KEYS_PARAMETER"},
    "list_trash": {"CURSOR_KEYS_PARAMETER"},
    "send_mail": {"MAIL_FROM", "APP_URL"},
    "get_jwks": {"JWKS"},
    "get_front_page": {"APP", "DOCS"},
    "get_app": {"APP"},
    "get_docs": {"DOCS"},
    "get_openapi": {"DOCS"},
}
TIMEOUTS = {"authorizer": 10, "change_tasks": 20, "finish_deletions": 300, "provision_keys": 30, "send_mail": 90}
# They have the layer with which tokens are signed and verified.
SIGNING = {"authorizer", "log_in", "log_out", "provision_keys", "refresh_session"}
WHOLE_PROCESSOR = 1769  # MB
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}

each_function = pytest.mark.parametrize("folder", FUNCTIONS)


def test_folders_and_functions_are_the_same_set() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert folders == set(FUNCTIONS)
    assert set(resources("AWS::Serverless::Function")) == {f"{camel(folder)}Function" for folder in folders}


@each_function
def test_function_handler_is_its_folders_app(folder: str) -> None:
    assert function(folder)["Handler"] == f"{folder}.app.handler"
    assert template()["Resources"][f"{camel(folder)}Function"]["Metadata"] == {"BuildMethod": "makefile"}


def said_of_routes(folder: str) -> Iterator[str]:
    """Yield the routes that the handler's module says that it serves: `PUT or PATCH /path - ...`, or several with commas."""
    said = ast.get_docstring(ast.parse((ROOT / "functions" / folder / "app.py").read_text())) or ""
    for part in said.partition(" - ")[0].split(", "):
        *methods, path = part.split()
        yield from (f"{method} {path}" for method in methods if method in METHODS)


@each_function
def test_function_serves_exactly_the_routes_that_it_says(folder: str) -> None:
    assert set(routes(folder)) == set(said_of_routes(folder))
    assert all(event["ApiId"] == {"Ref": "Api"} for event in routes(folder).values())


@pytest.mark.check("I01")
@each_function
def test_function_brings_no_role_and_no_star(folder: str) -> None:
    assert "Role" not in function(folder)
    assert "*" not in json.dumps(statements(folder))


@each_function
def test_function_adds_exactly_its_variables(folder: str) -> None:
    assert variables(folder) == VARIABLES.get(folder, set())


@pytest.mark.check("I06")
def test_all_functions_log_to_one_group_with_a_retention() -> None:
    assert template()["Globals"]["Function"]["LoggingConfig"]["LogGroup"] == {"Ref": "FunctionsLogGroup"}
    assert not [name for name in FUNCTIONS if "LoggingConfig" in function(name)]
    groups = resources("AWS::Logs::LogGroup")
    assert set(groups) == {"ApiLogGroup", "FunctionsLogGroup"}
    for name, group in groups.items():
        assert group["Properties"] == {"RetentionInDays": {"Ref": "LogRetentionDays"}}, name


@pytest.mark.check("H12")
@each_function
def test_function_that_hashes_gets_a_whole_processor(folder: str) -> None:
    assert function(folder).get("MemorySize", 512) == (WHOLE_PROCESSOR if hashes_passwords(folder) else 512)
    assert ("ReservedConcurrentExecutions" in function(folder)) == hashes_passwords(folder)


@pytest.mark.check("P07")
def test_passwords_are_hashed_at_cost_12_and_never_below() -> None:
    cost = template()["Parameters"]["PasswordCost"]
    assert cost["Default"] == min(cost["AllowedValues"], key=int) == "12"
    for name in filter(hashes_passwords, FUNCTIONS):
        assert function(name)["Environment"]["Variables"]["PASSWORD_COST"] == {"Ref": "PasswordCost"}


@each_function
def test_timeout_of_the_function_is_the_expected_one(folder: str) -> None:
    assert function(folder).get("Timeout", 15) == TIMEOUTS.get(folder, 15)


@each_function
def test_function_is_published_anew_with_each_release(folder: str) -> None:
    assert function(folder)["AutoPublishCodeSha256"] == {"Ref": "Release"}


def test_function_blocks_stand_in_url_order() -> None:
    blocks = [name.removesuffix("Function") for name in resources("AWS::Serverless::Function")]
    paths = [min(route.split()[1] for route in found) for name in blocks if (found := routes(snake(name)))]
    assert paths == sorted(paths)


def test_globals_hold_what_every_function_shares() -> None:
    shared = template()["Globals"]["Function"]
    assert shared["Tracing"] == {"Ref": "Tracing"}
    assert shared["Runtime"] == "python3.13"
    assert shared["MemorySize"] == 512
    assert shared["Timeout"] == 15
    assert shared["LoggingConfig"] == {
        "LogGroup": {"Ref": "FunctionsLogGroup"},
        "LogFormat": "JSON",
        "ApplicationLogLevel": {"Ref": "LogLevel"},
        "SystemLogLevel": "WARN",
    }
    assert set(shared["Environment"]["Variables"]) == {"TABLE_NAME", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}
    assert not [name for name in FUNCTIONS if {"Tracing", "Runtime", "CodeUri"} & set(function(name))]


@pytest.mark.check("A03")
def test_routes_without_authorizer_are_exactly_the_public_endpoints() -> None:
    found = {route for folder in FUNCTIONS for route, event in routes(folder).items() if "Auth" in event}
    assert found == PUBLIC
    assert all(
        event["Auth"] == {"Authorizer": "NONE"}
        for folder in FUNCTIONS
        for event in routes(folder).values()
        if "Auth" in event
    )


@pytest.mark.check("A03")
def test_every_other_route_is_behind_the_authorizer() -> None:
    auth = resources("AWS::Serverless::HttpApi")["Api"]["Properties"]["Auth"]
    assert auth["DefaultAuthorizer"] == "TokenAuthorizer"
    assert auth["Authorizers"] == {
        "TokenAuthorizer": {
            "FunctionArn": {"Fn::Sub": "${AuthorizerFunction.Arn}:live"},
            "AuthorizerPayloadFormatVersion": "2.0",
            "EnableSimpleResponses": True,
            "Identity": {"Headers": ["Authorization"], "ReauthorizeEvery": 300},
        }
    }


def test_token_issuers_wait_until_all_who_verify_know_the_new_key() -> None:
    """An alias is done when all of its traffic has moved; the function alone would be done before any has."""
    verifiers = {f"{camel(name)}FunctionAliaslive" for name in FUNCTIONS if "JWKS" in variables(name)}
    issuers = {f"{camel(name)}Function" for name in FUNCTIONS if "SIGNING_KEY_ID" in variables(name)}
    waiting = {
        name: set(one["DependsOn"])
        for name, one in resources("AWS::Serverless::Function").items()
        if "DependsOn" in one
    }
    assert verifiers
    assert waiting == dict.fromkeys(issuers, verifiers)


@pytest.mark.check("H12")
def test_routes_that_hash_are_throttled_harder() -> None:
    api = resources("AWS::Serverless::HttpApi")["Api"]["Properties"]
    assert api["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": {"Ref": "ThrottleRate"},
        "ThrottlingBurstLimit": {"Ref": "ThrottleBurst"},
    }
    hashing = {route for folder in filter(hashes_passwords, FUNCTIONS) for route in routes(folder)}
    assert set(api["RouteSettings"]) == hashing
    for settings in api["RouteSettings"].values():
        assert settings["ThrottlingRateLimit"] < template()["Parameters"]["ThrottleRate"]["Default"]
        assert settings["ThrottlingBurstLimit"] < int(template()["Parameters"]["ThrottleBurst"]["Default"])


@pytest.mark.check("I04")
def test_access_log_is_json_of_nothing_that_a_client_writes() -> None:
    logs = resources("AWS::Serverless::HttpApi")["Api"]["Properties"]["AccessLogSettings"]
    assert logs["DestinationArn"] == {"Fn::GetAtt": ["ApiLogGroup", "Arn"]}
    assert set(json.loads(logs["Format"]).values()) == {
        "$context.requestTime",
        "$context.requestId",
        "$context.routeKey",
        "$context.status",
        "$context.authorizer.user_id",
        "$context.authorizer.error",
        "$context.identity.sourceIp",
        "$context.responseLength",
        "$context.responseLatency",
        "$context.integrationLatency",
        "$context.integrationErrorMessage",
    }


@pytest.mark.check("H09")
def test_cors_lets_a_page_do_what_the_api_offers() -> None:
    cors = resources("AWS::Serverless::HttpApi")["Api"]["Properties"]["CorsConfiguration"]
    assert cors["AllowOrigins"] == {"Ref": "AllowedOrigins"}
    assert set(cors["AllowMethods"]) == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert set(cors["AllowHeaders"]) == {
        "Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key"
    }  # fmt: skip
    assert set(cors["ExposeHeaders"]) == {
        "ETag", "Idempotent-Replayed", "Location", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"
    }  # fmt: skip
    assert "AllowCredentials" not in cors
    assert cors["MaxAge"] == 3600


def test_table_has_its_keys_and_five_local_indexes() -> None:
    properties = resources("AWS::DynamoDB::Table")["Table"]["Properties"]
    keys = ["pk", "sk", *(f"lsi{n}sk" for n in range(1, 6))]
    assert properties["AttributeDefinitions"] == [{"AttributeName": key, "AttributeType": "S"} for key in keys]
    assert properties["KeySchema"] == key_schema("sk")
    assert properties["LocalSecondaryIndexes"] == [
        {"IndexName": f"lsi{n}", "KeySchema": key_schema(f"lsi{n}sk"), "Projection": {"ProjectionType": "ALL"}}
        for n in range(1, 6)
    ]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert "TableName" not in properties, "a fixed name keeps a retained table's stack from being made again"


def key_schema(sort_key: str) -> list[dict[str, str]]:
    return [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": sort_key, "KeyType": "RANGE"}]


def test_functions_take_the_layers_of_all_and_those_that_sign_or_verify_one_more() -> None:
    assert template()["Globals"]["Function"]["Architectures"] == [{"Ref": "Architecture"}]
    assert template()["Globals"]["Function"]["Layers"] == [
        {"Fn::If": ["OnArm64", {"Ref": "DependenciesArm64Layer"}, {"Ref": "DependenciesX8664Layer"}]},
        {"Ref": "CommonLayer"},
    ]
    for folder in FUNCTIONS:
        assert function(folder).get("Layers", []) == (
            [{"Fn::If": ["OnArm64", {"Ref": "SigningArm64Layer"}, {"Ref": "SigningX8664Layer"}]}]
            if folder in SIGNING
            else []
        ), folder
    conditions = template()["Conditions"]
    assert conditions["OnArm64"] == {"Fn::Equals": [{"Ref": "Architecture"}, "arm64"]}
    assert conditions["OnX8664"] == {"Fn::Not": [{"Condition": "OnArm64"}]}
    layers = resources("AWS::Serverless::LayerVersion")
    for layer, (condition, architecture) in itertools.product(
        ("Dependencies", "Signing"), [("OnArm64", "arm64"), ("OnX8664", "x86_64")]
    ):
        one = layers[f"{layer}{condition.removeprefix('On')}Layer"]
        assert one["Condition"] == condition
        assert one["Metadata"] == {"BuildMethod": "makefile", "BuildArchitecture": architecture}
        assert one["Properties"]["CompatibleArchitectures"] == [architecture]


def test_nothing_that_sends_mails_is_there_without_a_sender() -> None:
    assert template()["Conditions"]["SendsMail"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "MailFrom"}, ""]}]}
    assert {name for name, one in template()["Resources"].items() if one.get("Condition") == "SendsMail"} == {
        name for name in template()["Resources"] if name.startswith("SendMail")
    }
    for folder in FUNCTIONS:
        if "MAIL" in variables(folder):
            assert function(folder)["Environment"]["Variables"]["MAIL"] == {"Fn::If": ["SendsMail", "on", "off"]}


def test_every_policy_that_the_scan_skips_is_argued_away() -> None:
    everywhere = re.findall(r"- (CKV\w+)(?: # (.+))?", (ROOT / ".checkov.yaml").read_text())
    assert len(everywhere) == 5
    assert all(argument for _, argument in everywhere)
    for file in ("template.yaml", "operations.yaml", ".github/aws/roles.yaml"):
        for name, resource in yaml_parse((ROOT / file).read_text())["Resources"].items():
            for one in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
                assert one["comment"], name
