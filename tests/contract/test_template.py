"""template.yaml: every function stands where the design puts it, may do what it does and no more, and can be found again."""

import itertools
import json
import os
import re
from collections.abc import Set
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"

TABLE = "Table"
STREAM = "stream"
DEAD_LETTERS = "dead-letters"
SENDER = "sender"
SIGNING = "signing-keys"
CURSOR = "cursor-keys"


class Expected(NamedTuple):
    """What the template must say of one function: its routes, and each action with the resources it is allowed on."""

    routes: set[str]
    actions: dict[str, set[str]]
    variables: Set[str] = frozenset()
    memory: int = 512
    timeout: int = 15
    signing: bool = False  # whether it has the layer with which tokens are signed and verified


def on_table(*actions: str) -> dict[str, set[str]]:
    return {f"dynamodb:{action}": {TABLE} for action in actions}


PUBLIC_ROUTES = {
    "GET /",
    "GET /.well-known/jwks.json",
    "GET /api/health",
    "GET /app",
    "GET /app/{path+}",
    "GET /docs",
    "GET /docs/{file}",
    "GET /openapi.json",
    "POST /api/auth/email/verify",  # like the one that resets a password, it needs the token of a mail
    "POST /api/auth/login",
    "POST /api/auth/logout",  # the refresh token in its body is what authenticates it
    "POST /api/auth/password/forgot",
    "POST /api/auth/password/reset",
    "POST /api/auth/refresh",
    "POST /api/auth/register",
}

_FOLLOWS_THE_STREAM = {
    f"dynamodb:{action}": {STREAM} for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
}
_ISSUES_TOKENS = {"TOKEN_ISSUER", "SIGNING_KEYS_PARAMETER", "SIGNING_KEY_ID"}

FUNCTIONS = {
    "authorizer": Expected(set(), {}, {"JWKS", "TOKEN_ISSUER"}, signing=True),
    "provision_keys": Expected(
        set(),
        {
            "ssm:GetParameter": {SIGNING, CURSOR},
            "ssm:PutParameter": {SIGNING, CURSOR},
            "ssm:DeleteParameter": {SIGNING, CURSOR},
        },
        timeout=30,
        signing=True,
    ),
    "register": Expected(
        {"POST /api/auth/register"},
        on_table("GetItem", "PutItem", "UpdateItem"),
        {"MAIL", "PASSWORD_COST", "REGISTRATIONS_PER_ADDRESS"},
        1769,
    ),
    "request_email_verification": Expected(
        {"POST /api/auth/email/resend"}, on_table("GetItem", "PutItem", "UpdateItem"), {"MAIL", "MAILS_PER_ACCOUNT"}
    ),
    "verify_email": Expected({"POST /api/auth/email/verify"}, on_table("GetItem", "UpdateItem"), {"MAIL"}),
    "request_password_reset": Expected(
        {"POST /api/auth/password/forgot"},
        on_table("GetItem", "PutItem", "UpdateItem"),
        {"MAIL", "MAILS_PER_ACCOUNT", "MAILS_PER_ADDRESS"},
    ),
    "reset_password": Expected(
        {"POST /api/auth/password/reset"},
        on_table("GetItem", "PutItem", "UpdateItem"),
        {"MAIL", "PASSWORD_COST"},
        1769,
    ),
    "log_in": Expected(
        {"POST /api/auth/login"},
        {**on_table("GetItem", "PutItem", "UpdateItem"), "ssm:GetParameter": {SIGNING}},
        {"PASSWORD_COST", "LOG_IN_FAILURES_PER_ACCOUNT", "LOG_IN_FAILURES_PER_ADDRESS", *_ISSUES_TOKENS},
        1769,
        signing=True,
    ),
    "refresh_session": Expected(
        {"POST /api/auth/refresh"},
        {**on_table("GetItem", "UpdateItem", "DeleteItem"), "ssm:GetParameter": {SIGNING}},
        _ISSUES_TOKENS,
        signing=True,
    ),
    "log_out": Expected({"POST /api/auth/logout"}, on_table("DeleteItem"), {"JWKS", "TOKEN_ISSUER"}, signing=True),
    "get_me": Expected({"GET /api/auth/me"}, on_table("GetItem")),
    "update_me": Expected({"PATCH /api/auth/me"}, on_table("GetItem", "PutItem", "UpdateItem")),
    "delete_me": Expected(
        {"DELETE /api/auth/me"},
        on_table("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchWriteItem"),
        {"PASSWORD_COST", "PASSWORD_CHECKS_PER_ACCOUNT"},
        1769,
    ),
    "change_password": Expected(
        {"POST /api/auth/password"},
        on_table("GetItem", "PutItem", "UpdateItem", "Query", "BatchWriteItem"),
        {"PASSWORD_COST", "PASSWORD_CHECKS_PER_ACCOUNT"},
        1769,
    ),
    "list_sessions": Expected({"GET /api/auth/sessions"}, on_table("GetItem", "Query")),
    "delete_sessions": Expected(
        {"DELETE /api/auth/sessions"}, on_table("GetItem", "PutItem", "UpdateItem", "Query", "BatchWriteItem")
    ),
    "delete_session": Expected(
        {"DELETE /api/auth/sessions/{session_id}"}, on_table("GetItem", "PutItem", "DeleteItem")
    ),
    "list_tags": Expected({"GET /api/{user_id}/tags"}, on_table("Query")),
    "create_tag": Expected({"POST /api/{user_id}/tags"}, on_table("GetItem", "PutItem", "UpdateItem")),
    "get_tag": Expected({"GET /api/{user_id}/tags/{tag_id}"}, on_table("GetItem")),
    "update_tag": Expected(
        {"PUT /api/{user_id}/tags/{tag_id}", "PATCH /api/{user_id}/tags/{tag_id}"},
        on_table("GetItem", "UpdateItem", "PutItem", "DeleteItem"),
    ),
    "delete_tag": Expected(
        {"DELETE /api/{user_id}/tags/{tag_id}"}, on_table("GetItem", "PutItem", "UpdateItem", "DeleteItem")
    ),
    "create_task": Expected(
        {"POST /api/{user_id}/tasks"}, on_table("GetItem", "PutItem", "BatchGetItem", "ConditionCheckItem")
    ),
    "change_tasks": Expected(
        {"POST /api/{user_id}/tasks/bulk"},
        on_table("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"),
        timeout=20,
    ),
    "list_tasks": Expected(
        {"GET /api/{user_id}/tasks"},
        {
            **on_table("GetItem", "BatchGetItem"),
            "dynamodb:Query": {TABLE, "lsi1", "lsi2", "lsi3"},
            "ssm:GetParameter": {CURSOR},
        },
        {"CURSOR_KEYS_PARAMETER"},
    ),
    "list_trash": Expected(
        {"GET /api/{user_id}/tasks/trash"},
        {**on_table("BatchGetItem"), "dynamodb:Query": {TABLE, "lsi4"}, "ssm:GetParameter": {CURSOR}},
        {"CURSOR_KEYS_PARAMETER"},
    ),
    "empty_trash": Expected(
        {"DELETE /api/{user_id}/tasks/trash"},
        {**on_table("GetItem", "PutItem", "DeleteItem", "BatchWriteItem"), "dynamodb:Query": {"lsi4"}},
    ),
    "restore_task": Expected(
        {"POST /api/{user_id}/tasks/trash/{task_id}/restore"},
        on_table("GetItem", "PutItem", "DeleteItem", "ConditionCheckItem", "BatchGetItem"),
    ),
    "get_task": Expected({"GET /api/{user_id}/tasks/{task_id}"}, on_table("GetItem", "BatchGetItem")),
    "update_task": Expected(
        {"PUT /api/{user_id}/tasks/{task_id}", "PATCH /api/{user_id}/tasks/{task_id}"},
        on_table("GetItem", "UpdateItem", "PutItem", "DeleteItem", "ConditionCheckItem", "BatchGetItem"),
    ),
    "delete_task": Expected({"DELETE /api/{user_id}/tasks/{task_id}"}, on_table("GetItem", "PutItem", "DeleteItem")),
    "complete_task": Expected(
        {"PATCH /api/{user_id}/tasks/{task_id}/complete"}, on_table("GetItem", "PutItem", "UpdateItem", "BatchGetItem")
    ),
    "link_tag": Expected(
        {"PUT /api/{user_id}/tasks/{task_id}/tags/{tag_id}"},
        on_table("GetItem", "UpdateItem", "PutItem", "DeleteItem", "ConditionCheckItem", "BatchGetItem"),
    ),
    "unlink_tag": Expected(
        {"DELETE /api/{user_id}/tasks/{task_id}/tags/{tag_id}"},
        on_table("GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchGetItem"),
    ),
    "finish_deletions": Expected(
        set(),
        {
            **on_table("Query", "UpdateItem", "BatchWriteItem"),
            **_FOLLOWS_THE_STREAM,
            "sqs:SendMessage": {DEAD_LETTERS},
        },
        timeout=300,
    ),
    "send_mail": Expected(
        set(),
        {
            **on_table("GetItem", "PutItem", "DeleteItem"),
            **_FOLLOWS_THE_STREAM,
            "ses:SendEmail": {SENDER},
            "sqs:SendMessage": {DEAD_LETTERS},
        },
        {"MAIL_FROM", "APP_URL"},
        timeout=90,
    ),
    "get_health": Expected({"GET /api/health"}, on_table("GetItem")),
    "get_jwks": Expected({"GET /.well-known/jwks.json"}, {}, {"JWKS"}),
    "get_front_page": Expected({"GET /"}, {}, {"APP", "DOCS"}),
    "get_app": Expected({"GET /app", "GET /app/{path+}"}, {}, {"APP"}),
    "get_docs": Expected({"GET /docs", "GET /docs/{file}"}, {}, {"DOCS"}),
    "get_openapi": Expected({"GET /openapi.json"}, {}, {"DOCS"}),
}

IDENTITY = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"
DOMAIN = {"Domain": {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "MailFrom"}]}]}}
NAMED: list[tuple[str, dict[str, Any]]] = [
    (TABLE, {"Fn::GetAtt": ["Table", "Arn"]}),
    (STREAM, {"Fn::GetAtt": ["Table", "StreamArn"]}),
    (DEAD_LETTERS, {"Fn::GetAtt": ["DeadLetters", "Arn"]}),
    (SENDER, {"Fn::Sub": f"{IDENTITY}${{MailFrom}}"}),
    (SENDER, {"Fn::Sub": [f"{IDENTITY}${{Domain}}", DOMAIN]}),
]

each_function = pytest.mark.parametrize("folder", sorted(FUNCTIONS))


@cache
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    return parsed


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in template()["Resources"].items() if one["Type"] == kind}


def camel(folder: str) -> str:
    return "".join(word.capitalize() for word in folder.split("_"))


def function(folder: str) -> dict[str, Any]:
    properties: dict[str, Any] = template()["Resources"][f"{camel(folder)}Function"]["Properties"]
    return properties


def routes(folder: str) -> dict[str, dict[str, Any]]:
    """Map `METHOD /path` of each route of the function to the properties of its event."""
    events = function(folder).get("Events", {}).values()
    assert all(event["Type"] == "HttpApi" for event in events)
    return {f"{event['Properties']['Method']} {event['Properties']['Path']}": event["Properties"] for event in events}


def statements(folder: str) -> list[dict[str, Any]]:
    policies = function(folder).get("Policies", [])
    assert all(set(policy) == {"Version", "Statement"} for policy in policies), "only statements, no policy templates"
    return [statement for policy in policies for statement in policy["Statement"]]


def granted(folder: str) -> dict[str, set[str]]:
    """Map each allowed action to the short names of the resources that it is allowed on."""
    actions: dict[str, set[str]] = {}
    for statement in statements(folder):
        assert set(statement) == {"Effect", "Action", "Resource"}
        assert statement["Effect"] == "Allow"
        resource = statement["Resource"]
        for action in statement["Action"]:
            for one in resource if isinstance(resource, list) else [resource]:
                actions.setdefault(action, set()).add(short(one))
    return actions


def short(resource: dict[str, Any]) -> str:
    """Name the table, its stream, an index of it, a queue, the sender of mails or a parameter; anything else fails."""
    for name, known in NAMED:
        if resource == known:
            return name
    match resource:
        case {"Fn::Sub": str(text)} if index := re.fullmatch(r"\$\{Table\.Arn\}/index/(lsi[1-5])", text):
            return index[1]
        case {"Fn::Sub": str(text)} if text.startswith(
            prefix := "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/lambdo/${AWS::StackName}/"
        ):
            return text.removeprefix(prefix)
    raise AssertionError(f"{resource} is nothing of this stack that a function may use")


def sam_environment(home: Path) -> dict[str, str]:
    """Keep SAM CLI off the network and out of the home folder.

    With dummy credentials it asks STS who it is, and retries for 14 s where no network answers.
    """
    return {
        **os.environ,
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(home),
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
    }


def test_folders_and_functions_are_the_same_set() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert folders == set(FUNCTIONS)
    assert set(resources("AWS::Serverless::Function")) == {f"{camel(folder)}Function" for folder in folders}


@each_function
def test_function_handler_is_its_folders_app(folder: str) -> None:
    assert function(folder)["Handler"] == f"{folder}.app.handler"
    assert template()["Resources"][f"{camel(folder)}Function"]["Metadata"] == {"BuildMethod": "makefile"}


@each_function
def test_function_serves_exactly_its_routes(folder: str) -> None:
    assert set(routes(folder)) == FUNCTIONS[folder].routes
    assert all(event["ApiId"] == {"Ref": "Api"} for event in routes(folder).values())


@pytest.mark.check("I01")
@each_function
def test_function_is_allowed_exactly_its_actions(folder: str) -> None:
    assert granted(folder) == FUNCTIONS[folder].actions


@pytest.mark.check("I01")
@each_function
def test_function_brings_no_role_and_no_star(folder: str) -> None:
    assert "Role" not in function(folder)
    assert "*" not in json.dumps(statements(folder))


@each_function
def test_function_adds_exactly_its_variables(folder: str) -> None:
    variables = function(folder).get("Environment", {}).get("Variables", {})
    assert set(variables) == FUNCTIONS[folder].variables


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
    assert function(folder).get("MemorySize", 512) == FUNCTIONS[folder].memory
    assert ("ReservedConcurrentExecutions" in function(folder)) == (FUNCTIONS[folder].memory == 1769)


@pytest.mark.check("P07")
def test_passwords_are_hashed_at_cost_12_and_never_below() -> None:
    cost = template()["Parameters"]["PasswordCost"]
    assert cost["Default"] == cost["MinValue"] == 12
    hashing = {name for name, one in FUNCTIONS.items() if "PASSWORD_COST" in one.variables}
    assert hashing == {name for name, one in FUNCTIONS.items() if one.memory == 1769}
    for name in hashing:
        assert function(name)["Environment"]["Variables"]["PASSWORD_COST"] == {"Ref": "PasswordCost"}


@each_function
def test_timeout_of_the_function_is_the_expected_one(folder: str) -> None:
    assert function(folder).get("Timeout", 15) == (10 if folder == "authorizer" else FUNCTIONS[folder].timeout)


@each_function
def test_function_is_published_anew_with_each_release(folder: str) -> None:
    assert function(folder)["AutoPublishCodeSha256"] == {"Ref": "Release"}


def test_function_blocks_stand_in_url_order() -> None:
    blocks = [name.removesuffix("Function") for name in resources("AWS::Serverless::Function")]
    paths = [min(route.split()[1] for route in found) for name in blocks if (found := routes(snake(name)))]
    assert paths == sorted(paths)


def snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


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
def test_public_routes_are_exactly_the_explicit_list() -> None:
    found = {route for folder in FUNCTIONS for route, event in routes(folder).items() if "Auth" in event}
    assert found == PUBLIC_ROUTES
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
    verifiers = {f"{camel(name)}FunctionAliaslive" for name, one in FUNCTIONS.items() if "JWKS" in one.variables}
    issuers = {f"{camel(name)}Function" for name, one in FUNCTIONS.items() if "SIGNING_KEY_ID" in one.variables}
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
    hashing = {route for one in FUNCTIONS.values() if one.memory == 1769 for route in one.routes}
    assert set(api["RouteSettings"]) == hashing
    for settings in api["RouteSettings"].values():
        assert settings["ThrottlingRateLimit"] < template()["Parameters"]["ThrottleRate"]["Default"]
        assert settings["ThrottlingBurstLimit"] < template()["Parameters"]["ThrottleBurst"]["Default"]


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


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("*", True),
        ("https://app.example.com", True),
        ("http://localhost:5173", True),
        ("https://app.example.com/", False),
        ("https://*.example.com", False),
        ("app.example.com", False),
        ("null", False),
        ("", False),
    ],
)
def test_origin_is_an_origin_or_star(origin: str, *, allowed: bool) -> None:
    assert bool(re.match(template()["Parameters"]["AllowedOrigins"]["AllowedPattern"], origin)) is allowed


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
    for folder, expected in FUNCTIONS.items():
        assert function(folder).get("Layers", []) == (
            [{"Fn::If": ["OnArm64", {"Ref": "SigningArm64Layer"}, {"Ref": "SigningX8664Layer"}]}]
            if expected.signing
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
    for folder, expected in FUNCTIONS.items():
        if "MAIL" in expected.variables:
            assert function(folder)["Environment"]["Variables"]["MAIL"] == {"Fn::If": ["SendsMail", "on", "off"]}


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("", True),
        ("https://app.example.com", True),
        ("https://example.com/app", True),
        ("https://example.com:8443/~a/b_c.d", True),
        ("http://localhost:5173", True),
        ("http://127.0.0.1:3000/app", True),
        ("https://app.example.com/", False),
        ("http://app.example.com", False),  # the token would go over the wire in clear
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("https://app.example.com/?a=b", False),
        ("https://app.example.com/#a", False),
        ("https://app.example.com/a b", False),
        ("app.example.com", False),
        ("javascript:alert(1)", False),
    ],
)
def test_pages_are_at_an_address_that_a_link_can_go_on_from(url: str, *, allowed: bool) -> None:
    assert bool(re.match(template()["Parameters"]["AppUrl"]["AllowedPattern"], url)) is allowed


def test_every_policy_that_the_scan_skips_is_argued_away() -> None:
    everywhere = re.findall(r"- (CKV\w+)(?: # (.+))?", (ROOT / ".checkov.yaml").read_text())
    assert len(everywhere) == 5
    assert all(argument for _, argument in everywhere)
    for file in ("template.yaml", "operations.yaml", ".github/aws/roles.yaml"):
        for name, resource in yaml_parse((ROOT / file).read_text())["Resources"].items():
            for one in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
                assert one["comment"], name
