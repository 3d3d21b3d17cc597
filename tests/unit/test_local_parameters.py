"""Constraints and rules of templates, judged as CloudFormation judges them."""

from typing import Any

import pytest

from tools.local.console import StartError
from tools.local.parameters import Value, check_parameters, holds

VALUES: dict[str, Value] = {"Stage": "prod", "Empty": "", "Origins": ["a", "*"], "Ones": ["1", "1"]}


def refusal(value: str, **constraints: Any) -> str | None:
    """Return the line with which the value of the parameter One is refused, if it is."""
    try:
        check_parameters({"One": value}, {"Parameters": {"One": {"Type": "String", **constraints}}})
    except StartError as refused:
        return str(refused)
    return None


@pytest.mark.parametrize(
    ("constraints", "allowed", "refused", "rule"),
    [
        ({"AllowedValues": ["a", True, 7]}, ["a", "7"], ["b", "", "a "], "must be one of a, True, 7"),
        ({"AllowedPattern": "[a-z]+|"}, ["abc", ""], ["abc1", "abc\n", "Abc"], "must match [a-z]+|"),
        ({"AllowedPattern": r"\d+"}, ["12"], ["١٢"], r"must match \d+"),
        ({"MinLength": 2}, ["ab", "abc"], ["", "a"], "must have at least 2 characters"),
        ({"MaxLength": "2"}, ["ab", ""], ["abc"], "must have at most 2 characters"),
        ({"Type": "Number"}, ["1", "-1.5", "+.5", "2.", "1e3"], ["", "x", "nan", "1_0", "0x1", " 1"], "must be a number"),
        ({"Type": "Number", "MinValue": 1.5}, ["1.5", "1e999"], ["1.4", "-2"], "must be at least 1.5"),
        ({"Type": "Number", "MaxValue": "9"}, ["9", "-1"], ["9.01", "1e999"], "must be at most 9"),
        ({"Type": "List<Number>", "MaxValue": 9}, ["1", "1, 9"], ["1,10"], "must be at most 9"),
        ({"Type": "List<Number>"}, ["1 ,2"], ["1,,2", "1,x"], "must be a number"),
        ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"}, ["a", "a, b ,c"], ["a b", "a,", ","], "must match [a-z]"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, ["b,a"], ["a,c"], "must be one of a, b"),
        ({"Type": "AWS::EC2::VPC::Id"}, ["vpc-1"], [], ""),
    ],
)  # fmt: skip
def test_value_is_refused_by_name_value_and_rule(
    constraints: dict[str, Any], allowed: list[str], refused: list[str], rule: str
) -> None:
    assert [refusal(value, **constraints) for value in allowed] == [None] * len(allowed)
    for value in refused:
        assert refusal(value, **constraints) == f"PARAMS: template.yaml refuses One={value!r}: One {rule}."


def test_own_words_of_the_constraint_come_instead_of_the_rule() -> None:
    line = refusal("b", AllowedValues=["a"], ConstraintDescription="is an a.")
    assert line == "PARAMS: template.yaml refuses One='b': One is an a."


def test_parameter_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(StartError, match=r"^PARAMS: template\.yaml has no parameter 'Stagee'; it has Stage, Other\.$"):
        check_parameters({"Stagee": "x"}, {"Parameters": {"Stage": {"Type": "String"}, "Other": {"Type": "String"}}})


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ({"Fn::Equals": [{"Ref": "Stage"}, "prod"]}, True),
        ({"Fn::Equals": [{"Ref": "Empty"}, "prod"]}, False),
        ({"Fn::Not": [{"Fn::Equals": [{"Ref": "Empty"}, ""]}]}, False),
        ({"Fn::And": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["a", "b"]}]}, False),
        ({"Fn::Or": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["a", "b"]}]}, True),
        ({"Fn::Contains": [{"Ref": "Origins"}, "*"]}, True),
        ({"Fn::Contains": [["dev", "staging"], {"Ref": "Stage"}]}, False),
        ({"Fn::EachMemberEquals": [{"Ref": "Ones"}, 1]}, True),
        ({"Fn::EachMemberEquals": [{"Ref": "Origins"}, "*"]}, False),
        ({"Fn::EachMemberIn": [{"Ref": "Origins"}, ["*", "a", "b"]]}, True),
        ({"Fn::EachMemberIn": [{"Ref": "Origins"}, ["a", "b"]]}, False),
    ],
    ids=str,
)
def test_function_of_a_rule_holds_or_not(function: dict[str, Any], *, expected: bool) -> None:
    assert holds(function, VALUES) is expected


def test_what_is_no_function_of_a_rule_is_refused() -> None:
    with pytest.raises(StartError, match="no rule can have"):
        holds({"Fn::If": ["A", "b", "c"]}, VALUES)


def test_rule_is_judged_with_defaults_unless_it_asks_for_resources_of_the_account() -> None:
    broken = {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "A"}, {"Ref": "B"}]}, "AssertDescription": "A is B."}]}
    template = {
        "Parameters": {"A": {"Type": "String", "Default": "1"}, "B": {"Type": "String", "Default": "1"}},
        "Rules": {
            "Other": {"RuleCondition": {"Fn::Equals": [{"Ref": "A"}, "3"]}, **broken},
            "OfTheAccount": {"Assertions": [{"Assert": {"Fn::EachMemberEquals": [{"Fn::RefAll": "x"}, "y"]}}]},
            "Same": broken,
        },
    }
    check_parameters({"A": "1"}, template)
    with pytest.raises(StartError, match=r"^PARAMS: template\.yaml refuses B='2': A is B\.$"):
        check_parameters({"B": "2"}, template)
