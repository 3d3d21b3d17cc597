"""Template parameters, refused before anything starts as CloudFormation refuses them before it deploys anything.

Each value by its parameter's constraints, all together by the template's rules:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.local.console import StartError

type Value = str | list[str]

LISTS = ("CommaDelimitedList", "List<")
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
OF_THE_ACCOUNT = re.compile("Fn::RefAll|Fn::ValueOf|AWS::")


def parse_template(template: Path) -> dict[str, Any]:
    """Return the template with its functions in their long form; raises StartError."""
    # It takes half a second to import, and only those who set parameters need it before MiniStack is started.
    from samcli.yamlhelper import yaml_parse  # noqa: PLC0415

    try:
        parsed: dict[str, Any] = yaml_parse(template.read_text())
    except Exception as error:
        raise StartError(f"{template.name}: {' '.join(str(error).split())}") from error
    return parsed


def check_parameters(given: Mapping[str, str], template: Mapping[str, Any]) -> None:
    """Raise StartError if a deployment with these parameters would be refused: one line with parameter, value and rule.

    What only an AWS account can tell is not judged: types such as AWS::EC2::VPC::Id, and rules that ask for them.
    """
    declared: Mapping[str, Mapping[str, Any]] = template.get("Parameters", {})
    for name, text in given.items():
        if name not in declared:
            raise StartError(f"PARAMS: template.yaml has no parameter {name!r}; it has {', '.join(declared)}.")
        for broken in find_broken(declared[name], text):
            rule = declared[name].get("ConstraintDescription", broken).rstrip(".")
            raise StartError(f"PARAMS: template.yaml refuses {name}={text!r}: {name} {rule}.")
    values = {name: parse(one, given.get(name, str(one.get("Default", "")))) for name, one in declared.items()}
    for rule in template.get("Rules", {}).values():
        if not OF_THE_ACCOUNT.search(str(rule)) and (
            "RuleCondition" not in rule or holds(rule["RuleCondition"], values)
        ):
            for one in rule["Assertions"]:
                if not holds(one["Assert"], values):
                    pairs = " ".join(f"{name}={text!r}" for name, text in given.items())
                    raise StartError(f"PARAMS: template.yaml refuses {pairs}: {one['AssertDescription']}")


def parse(declared: Mapping[str, Any], text: str) -> Value:
    """Return the value that a reference to the parameter has: of a list, the members without the space around them."""
    return [one.strip() for one in text.split(",")] if declared["Type"].startswith(LISTS) else text


def find_broken(declared: Mapping[str, Any], text: str) -> Iterator[str]:
    r"""Yield each constraint that the value breaks, or a member of it if it is a list.

    A pattern must match the whole. CloudFormation's are Java's, in which \d, \s and \w mean ASCII.
    """
    value = parse(declared, text)
    for one in [value] if isinstance(value, str) else value:
        if declared["Type"] in {"Number", "List<Number>"} and not re.fullmatch(NUMBER, one):
            yield "must be a number"
        elif one not in (allowed := [str(each) for each in declared.get("AllowedValues", [one])]):
            yield f"must be one of {', '.join(allowed)}"
        elif not re.fullmatch(pattern := declared.get("AllowedPattern", "(?s:.*)"), one, re.ASCII):
            yield f"must match {pattern}"
        elif len(one) < int(least := declared.get("MinLength", 0)):
            yield f"must have at least {least} characters"
        elif len(one) > int(most := declared.get("MaxLength", len(one))):
            yield f"must have at most {most} characters"
        elif "MinValue" in declared and float(one) < float(declared["MinValue"]):
            yield f"must be at least {declared['MinValue']}"
        elif "MaxValue" in declared and float(one) > float(declared["MaxValue"]):
            yield f"must be at most {declared['MaxValue']}"


def holds(function: Any, values: Mapping[str, Value]) -> bool:  # noqa: ANN401, PLR0911 - as deep as a template nests it; a return for each function
    """Return whether a rule's function holds for these values of the parameters.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
    """
    match function:
        case {"Fn::Not": [one]}:
            return not holds(one, values)
        case {"Fn::And": several}:
            return all(holds(one, values) for one in several)
        case {"Fn::Or": several}:
            return any(holds(one, values) for one in several)
        case {"Fn::Equals": [one, other]}:
            return bool(resolve(one, values) == resolve(other, values))
        case {"Fn::Contains": [several, one]}:
            return resolve(one, values) in resolve(several, values)
        case {"Fn::EachMemberEquals": [several, one]}:
            return all(member == resolve(one, values) for member in resolve(several, values))
        case {"Fn::EachMemberIn": [several, others]}:
            return all(member in resolve(others, values) for member in resolve(several, values))
    raise StartError(f"template.yaml: no rule can have {function}.")


def resolve(value: Any, values: Mapping[str, Value]) -> Value:  # noqa: ANN401 - likewise
    """Return a literal as text, a list's members likewise, and a reference's value."""
    match value:
        case {"Ref": str(name)}:
            return values[name]
        case list():
            return [str(resolve(one, values)) for one in value]
    return str(value)
