"""template.yaml as it stands: its resources, and what each function may do."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"

TABLE = "Table"
STREAM = "stream"
DEAD_LETTERS = "dead-letters"
SENDER = "sender"
SIGNING = "signing-keys"
CURSOR = "cursor-keys"

IDENTITY = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"
DOMAIN = {"Domain": {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "MailFrom"}]}]}}
NAMED: list[tuple[str, dict[str, Any]]] = [
    (TABLE, {"Fn::GetAtt": ["Table", "Arn"]}),
    (STREAM, {"Fn::GetAtt": ["Table", "StreamArn"]}),
    (DEAD_LETTERS, {"Fn::GetAtt": ["DeadLetters", "Arn"]}),
    (SENDER, {"Fn::Sub": f"{IDENTITY}${{MailFrom}}"}),
    (SENDER, {"Fn::Sub": [f"{IDENTITY}${{Domain}}", DOMAIN]}),
]


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


def variables(folder: str) -> set[str]:
    """Return the names of the environment variables that the function has beside those of all functions."""
    return set(function(folder).get("Environment", {}).get("Variables", {}))


def hashes_passwords(folder: str) -> bool:
    return "PASSWORD_COST" in variables(folder)


def has_signing_layer(folder: str) -> bool:
    return "Layers" in function(folder)


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


def snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


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


FUNCTIONS = sorted(snake(name.removesuffix("Function")) for name in resources("AWS::Serverless::Function"))
