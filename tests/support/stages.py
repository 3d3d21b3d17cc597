"""What CloudFormation makes of the template for a stage of samconfig.toml: SAM's transform, then parameters and conditions."""

import copy
import tomllib
from functools import cache
from typing import Any

from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.support.template import ROOT, template

STAGES = ("dev", "staging", "prod")
RELEASE = "file://.aws-sam/release.yaml"

type Resources = dict[str, dict[str, Any]]

_NOTHING = object()


@cache
def operations() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse((ROOT / "operations.yaml").read_text())
    return parsed


def overrides(stage: str) -> list[str]:
    """Return what the stage's section says of parameters, as it stands."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    given: list[str] = config[stage]["deploy"]["parameters"]["parameter_overrides"]
    return given


def parameters(stage: str, **others: str) -> dict[str, str]:
    """Return every parameter's value for the stage: its own or the default; `others` go before both."""
    own = dict(one.split("=", 1) for one in overrides(stage) if one != RELEASE)
    defaults = {name: str(one["Default"]) for name, one in template()["Parameters"].items()}
    return defaults | own | others


@cache
def processed(stage: str, **others: str) -> Resources:
    """Return the resources of the stage's stack, by logical id."""
    values = parameters(stage, **others)
    source = copy.deepcopy(template())
    source["Transform"] = "AWS::Serverless-2016-10-31"  # LanguageExtensions only lets Fn::If stand where it stands
    del source["Globals"]["Function"]["CodeUri"]
    for one in source["Resources"].values():  # as sam deploy leaves them
        if one["Type"] == "AWS::Serverless::Function":
            one["Properties"]["CodeUri"] = "s3://bucket/function"
        if one["Type"] == "AWS::Serverless::LayerVersion":
            one["Properties"]["ContentUri"] = "s3://bucket/layer"
    return _decided(Translator({}, Parser()).translate(source, dict(values)), values)


@cache
def processed_operations(stage: str, **others: str) -> Resources:
    """Return the resources of the stack within the stage's stack."""
    return _decided(operations(), parameters(stage, **others))


def holds(condition: Any, values: dict[str, str], conditions: dict[str, Any]) -> bool:
    """Evaluate a condition of the template."""
    match condition:
        case {"Condition": name}:
            return holds(conditions[name], values, conditions)
        case {"Fn::Not": [one]}:
            return not holds(one, values, conditions)
        case {"Fn::And": several}:
            return all(holds(one, values, conditions) for one in several)
        case {"Fn::Or": several}:
            return any(holds(one, values, conditions) for one in several)
        case {"Fn::Equals": [one, other]}:
            return str(_resolved(one, values, {})) == str(_resolved(other, values, {}))
    raise AssertionError(f"{condition} is not read here")


def _decided(source: dict[str, Any], values: dict[str, str]) -> Resources:
    conditions = {name: holds(one, values, source["Conditions"]) for name, one in source["Conditions"].items()}
    return {
        name: _resolved(one, values, conditions)
        for name, one in source["Resources"].items()
        if "Condition" not in one or conditions[one["Condition"]]
    }


def _resolved(value: Any, values: dict[str, str], conditions: dict[str, bool]) -> Any:
    match value:
        case {"Ref": "AWS::NoValue"}:
            return _NOTHING
        case {"Ref": str(name)} if name in values:
            return values[name]
        case {"Fn::If": [condition, then, otherwise]}:
            return _resolved(then if conditions[condition] else otherwise, values, conditions)
        case dict():
            pairs = {name: _resolved(one, values, conditions) for name, one in value.items()}
            return {name: one for name, one in pairs.items() if one is not _NOTHING}
        case list():
            return [one for item in value if (one := _resolved(item, values, conditions)) is not _NOTHING]
    return value
