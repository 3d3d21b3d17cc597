"""Every stage of samconfig.toml, as CloudFormation would deploy it: what it promises, and what it alone has."""

import itertools
import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

import pytest

from tests.support.stages import (
    RELEASE,
    STAGES,
    Resources,
    overrides,
    parameters,
    processed,
    processed_operations,
)
from tests.support.template import FUNCTIONS, camel, hashes_passwords, routes, template
from tools.local.console import StartError
from tools.local.parameters import check_parameters

# No stage sets MailFrom: the example could be nobody's, and what sends mails is there only with a sender.
DEPLOYED = set(FUNCTIONS) - {"send_mail"}
SENDER = {"MailFrom": "lambdo@example.com"}

each_stage = pytest.mark.parametrize("stage", STAGES)

# What CloudFormation takes in one stack.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MOST_RESOURCES = 500

# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
LOGS = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
MANAGED_POLICIES = {
    LOGS,
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
}


def of_type(stage: Resources, kind: str) -> dict[str, dict[str, Any]]:
    return {name: one["Properties"] for name, one in stage.items() if one["Type"] == kind}


def statements(stage: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each statement of each policy, with the name of its role or topic."""
    for name, role in of_type(stage, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement
    for name, policy in of_type(stage, "AWS::SNS::TopicPolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            yield name, statement


# ---- Every stage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [*STAGES, "rehearsal"])
def test_stage_sets_only_parameters_that_are_there_to_values_that_are_allowed(stage: str) -> None:
    check_parameters(parameters(stage), template())


@pytest.mark.check("H09")
@pytest.mark.parametrize(
    ("rule", "stage", "broken"),
    [
        ("NamedOriginsOnProd", "prod", {"AllowedOrigins": "https://app.example.com,*"}),
        ("AlarmsForGradualDeployment", "dev", {"GradualDeployment": "true"}),
        ("CertificateForDomain", "dev", {"DomainName": "api.example.com"}),
        ("PagesForMails", "dev", {"MailFrom": "lambdo@example.com", "App": "false"}),
    ],
)
def test_rule_refuses_what_would_be_half_a_setting(rule: str, stage: str, broken: dict[str, str]) -> None:
    (assertion,) = template()["Rules"][rule]["Assertions"]
    with pytest.raises(StartError, match=re.escape(assertion["AssertDescription"])):
        check_parameters(parameters(stage, **broken), template())


AWS_ADDRESS = {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/app"}
DOMAIN = {"DomainName": "api.example.com", "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1"}


@pytest.mark.parametrize(
    ("given", "leads_to"),
    [
        ({}, AWS_ADDRESS),
        (DOMAIN, {"Fn::Sub": "https://${DomainName}/app"}),
        (DOMAIN | {"AppUrl": "https://app.example.com", "App": "false"}, "https://app.example.com"),
    ],
    ids=["own app", "own app on its domain", "pages elsewhere"],
)
def test_mails_lead_to_the_deployments_own_app_unless_the_pages_stand_elsewhere(
    given: dict[str, str], leads_to: Any
) -> None:
    check_parameters(parameters("dev", **SENDER, **given), template())
    variables = processed("dev", **SENDER, **given)["SendMailFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["APP_URL"] == leads_to


@each_stage
def test_stage_takes_its_release_from_the_build(stage: str) -> None:
    assert RELEASE in overrides(stage)


@pytest.mark.check("I03")
@each_stage
def test_table_can_be_restored_and_is_encrypted(stage: str) -> None:
    table = processed(stage)["Table"]["Properties"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert "SSESpecification" not in table, (
        "the default is encryption with DynamoDB's own key; false would say the same"
    )


@each_stage
def test_every_function_logs_json_to_the_one_group_and_is_traced_only_on_request(stage: str) -> None:
    stack = processed(stage)
    functions = of_type(stack, "AWS::Lambda::Function")
    assert len(functions) == len(DEPLOYED)
    for name, function in functions.items():
        assert function["TracingConfig"] == {"Mode": "PassThrough"}, name
        assert function["LoggingConfig"]["LogFormat"] == "JSON", name
        assert function["LoggingConfig"]["SystemLogLevel"] == "WARN", name
        assert function["LoggingConfig"]["LogGroup"] == {"Ref": "FunctionsLogGroup"}, name
        assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}


@pytest.mark.check("I06")
@pytest.mark.parametrize(("stage", "days"), [("dev", "7"), ("staging", "30"), ("prod", "90")])
def test_every_log_group_keeps_its_lines_as_long_as_the_stage_says(stage: str, days: str) -> None:
    groups = of_type(processed(stage), "AWS::Logs::LogGroup")
    kept = {"RetentionInDays": days}
    assert groups == {"ApiLogGroup": kept, "FunctionsLogGroup": kept}


@pytest.mark.check("I01")
@each_stage
def test_function_may_write_logs_by_the_managed_policy_alone(stage: str) -> None:
    """SAM attaches it to each role that it makes, and it allows every group: https://github.com/aws/serverless-application-model/issues/395.

    A statement of ours that names the group would narrow nothing (docs/decisions/0034-one-log-group.md).
    """
    stack = processed(stage)
    roles = {one["Role"]["Fn::GetAtt"][0] for one in of_type(stack, "AWS::Lambda::Function").values()}
    assert len(roles) == len(DEPLOYED)
    for role in roles:
        assert LOGS in stack[role]["Properties"]["ManagedPolicyArns"], role
    assert not [name for name, statement in statements(stack) if "logs:" in json.dumps(statement["Action"])]


@each_stage
def test_log_group_is_made_before_the_first_function_and_deleted_after_the_last(stage: str) -> None:
    """CloudFormation calls provision_keys as it deletes the keys: a line without a group would make one that stays."""
    stack = processed(stage)
    assert set(references(stack["FunctionsLogGroup"])) & set(stack) == set()
    for name in of_type(stack, "AWS::Lambda::Function"):
        assert "FunctionsLogGroup" in references(stack[name]), name
    assert "ProvisionKeysFunction" in references(stack["SigningKeys"])


@pytest.mark.check("H12")
@pytest.mark.parametrize(("stage", "rate", "burst"), [("dev", 50, 100), ("staging", 500, 1000), ("prod", 500, 1000)])
def test_every_route_is_throttled_and_none_less_than_the_stage_says(stage: str, rate: int, burst: int) -> None:
    (api,) = of_type(processed(stage), "AWS::ApiGatewayV2::Stage").values()
    default = api["DefaultRouteSettings"]
    assert (int(default["ThrottlingRateLimit"]), int(default["ThrottlingBurstLimit"])) == (rate, burst)
    for route, settings in api["RouteSettings"].items():
        assert settings["ThrottlingRateLimit"] <= rate, route
        assert settings["ThrottlingBurstLimit"] <= burst, route
    assert api["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["ApiLogGroup", "Arn"]}


@pytest.mark.check("I01")
@each_stage
def test_no_policy_has_a_star_and_no_role_more_than_two_managed_policies(stage: str) -> None:
    found = [*statements(processed(stage)), *statements(processed_operations(stage))]
    assert found
    for name, statement in found:
        assert "*" not in json.dumps([statement["Action"], statement["Resource"], statement.get("Principal")]), name
    for name, role in of_type(processed(stage), "AWS::IAM::Role").items():
        if name != "CodeDeployServiceRole":
            assert set(role["ManagedPolicyArns"]) <= MANAGED_POLICIES, name


@each_stage
def test_stack_leaves_room_for_a_quarter_more_resources(stage: str) -> None:
    assert len(processed(stage)) * 1.25 < MOST_RESOURCES


def references(value: Any) -> Iterator[str]:
    """Yield each name that a resource refers to or depends on."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            yield name
        case {"Fn::Sub": [str(text), dict(local)]}:
            yield from references({"Fn::Sub": text})
            yield from references(local)
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{(\w+)[.}]", text)
        case dict():
            yield from value["DependsOn"] if isinstance(value.get("DependsOn"), list) else [value.get("DependsOn", "")]
            yield from itertools.chain.from_iterable(map(references, value.values()))
        case list():
            yield from itertools.chain.from_iterable(map(references, value))


@each_stage
def test_resources_of_the_stack_wait_for_one_another_in_no_circle(stage: str) -> None:
    stack = processed(stage)
    order = TopologicalSorter({name: set(references(one)) & set(stack) for name, one in stack.items()})
    assert set(order.static_order()) == set(stack)


@each_stage
def test_sender_brings_the_function_that_sends_and_all_that_belongs_to_it(stage: str) -> None:
    without, sending = processed(stage), processed(stage, **SENDER)
    more = sending.keys() - without.keys()
    assert {name for name in more if not name.startswith("SendMailFunctionVersion")} == {
        "SendMailFunction", "SendMailFunctionRole", "SendMailFunctionAliaslive", "SendMailStream",
        *(["SendMailFunctionDeploymentGroup"] if stage == "prod" else []),
    }  # fmt: skip
    answers = {
        json.dumps(one.get("Environment", {}).get("Variables", {}).get("MAIL"))
        for one in of_type(sending, "AWS::Lambda::Function").values()
    }
    assert answers == {"null", '"on"'}


# ---- Versions and aliases ---------------------------------------------------------------------------------------------


@each_stage
def test_every_caller_calls_an_alias(stage: str) -> None:
    """A version is what a gradual deployment moves traffic to; who calls the function itself skips it."""
    stack = processed(stage)
    permitted = {name: one["FunctionName"]["Ref"] for name, one in of_type(stack, "AWS::Lambda::Permission").items()}
    assert len(permitted) == sum(len(routes(folder)) for folder in FUNCTIONS) + 1, "one a route, and the authorizer"
    (source,) = of_type(stack, "AWS::Lambda::EventSourceMapping").values()
    aliases = of_type(stack, "AWS::Lambda::Alias")
    assert {*permitted.values(), source["FunctionName"]["Ref"]} == set(aliases) - {"ProvisionKeysFunctionAliaslive"}
    uris = re.findall(r"functions/(.*?)/invocations", json.dumps(stack["Api"]["Properties"]["Body"]))
    assert set(uris) <= {"${__FunctionArn__}"} | {f"${{{name}}}" for name in aliases}


def test_another_release_publishes_every_function_and_changes_it() -> None:
    """Changed, because Lambda publishes no version that differs in nothing from the one before."""
    before, after = (processed("dev", Release=release) for release in ("0000000000", "0000000001"))
    assert not set(of_type(before, "AWS::Lambda::Version")) & set(of_type(after, "AWS::Lambda::Version"))
    for name, function in of_type(after, "AWS::Lambda::Function").items():
        assert function != of_type(before, "AWS::Lambda::Function")[name]


@pytest.mark.parametrize("stage", ["dev", "staging"])
def test_deployment_below_prod_is_all_at_once(stage: str) -> None:
    assert not [name for name, one in processed(stage).items() if one["Type"].startswith("AWS::CodeDeploy::")]
    assert not [name for name, one in processed(stage).items() if "UpdatePolicy" in one]


def test_deployment_on_prod_is_gradual_for_all_but_two_functions() -> None:
    at_once = {"get_app", "provision_keys"}  # a page needs the files of its own version; CloudFormation calls the other
    stack = processed("prod")
    groups = of_type(stack, "AWS::CodeDeploy::DeploymentGroup")
    assert set(groups) == {f"{camel(name)}FunctionDeploymentGroup" for name in set(DEPLOYED) - at_once}
    for name, group in groups.items():
        alias = stack[name.replace("DeploymentGroup", "Aliaslive")]
        assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {"Ref": name}
        assert "Canary10Percent5Minutes" in json.dumps(group["DeploymentConfigName"])
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


def test_deployment_on_prod_stops_on_alarms_that_are_there() -> None:
    alarms = {
        one["AlarmName"]["Fn::Sub"].replace("${StackName}", "${AWS::StackName}")
        for one in of_type(processed_operations("prod"), "AWS::CloudWatch::Alarm").values()
    }
    for group in of_type(processed("prod"), "AWS::CodeDeploy::DeploymentGroup").values():
        assert group["AlarmConfiguration"]["Enabled"]
        stopping = {one["Name"]["Fn::Sub"] for one in group["AlarmConfiguration"]["Alarms"]}
        assert len(stopping) == 3
        assert stopping <= alarms


# ---- What a stage alone has -------------------------------------------------------------------------------------------


@pytest.mark.check("I03")
@pytest.mark.parametrize(("stage", "protected"), [("dev", False), ("staging", False), ("prod", True)])
def test_table_is_protected_and_kept_on_prod_alone(stage: str, *, protected: bool) -> None:
    table = processed(stage)["Table"]
    assert table["Properties"]["DeletionProtectionEnabled"] is protected
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == ("Retain" if protected else "Delete")
    assert template()["Transform"] == ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"], "else no Fn::If there"


@pytest.mark.parametrize(("stage", "there"), [("dev", False), ("staging", True), ("prod", True)])
def test_alarms_are_on_from_staging_on(stage: str, *, there: bool) -> None:
    assert ("Operations" in processed(stage)) is there


@each_stage
def test_what_costs_by_the_hour_or_needs_a_name_is_off(stage: str) -> None:
    stack = processed(stage)
    assert not [
        name for name, one in of_type(stack, "AWS::Lambda::Alias").items() if "ProvisionedConcurrencyConfig" in one
    ]
    assert not [
        name for name, one in of_type(stack, "AWS::Lambda::Function").items() if "ReservedConcurrentExecutions" in one
    ]
    assert not {"ApiDomain", "ApiMapping", "ApiRecord"} & set(stack)


def test_provisioned_concurrency_keeps_warm_what_opening_an_app_waits_for() -> None:
    aliases = of_type(processed("dev", ProvisionedConcurrency="2"), "AWS::Lambda::Alias")
    warm = {
        name: one["ProvisionedConcurrencyConfig"]
        for name, one in aliases.items()
        if "ProvisionedConcurrencyConfig" in one
    }
    assert warm == {
        f"{camel(name)}FunctionAliaslive": {"ProvisionedConcurrentExecutions": "2"}
        for name in ("authorizer", "log_in", "refresh_session", "list_tasks")
    }


@pytest.mark.check("H12")
def test_hashing_concurrency_caps_the_three_functions_that_hash() -> None:
    functions = of_type(processed("dev", HashingConcurrency="5"), "AWS::Lambda::Function")
    capped = {name for name, one in functions.items() if one.get("ReservedConcurrentExecutions") == "5"}
    assert capped == {f"{camel(name)}Function" for name in filter(hashes_passwords, FUNCTIONS)}


def test_domain_is_served_with_its_certificate_and_pointed_at_where_there_is_a_zone() -> None:
    domain = {"DomainName": "api.example.com", "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1"}
    elsewhere, here = processed("dev", **domain), processed("dev", **domain, HostedZoneId="Z123")
    assert elsewhere["ApiDomain"]["Properties"]["DomainNameConfigurations"] == [
        {"CertificateArn": domain["CertificateArn"], "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}
    ]
    assert elsewhere["ApiMapping"]["Properties"] == {
        "ApiId": {"Ref": "Api"},
        "DomainName": {"Ref": "ApiDomain"},
        "Stage": {"Ref": "ApiApiGatewayDefaultStage"},
    }
    assert set(here) - set(elsewhere) == {"ApiRecord"}
    assert here["ApiRecord"]["Properties"]["Name"] == domain["DomainName"]
