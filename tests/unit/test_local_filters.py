"""Filters pick stream records as Lambda's do: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html ."""

import json
from typing import Any

import pytest

from tools.local.console import StartError
from tools.local.filters import matches, read_patterns

RECORD = {
    "eventName": "MODIFY",
    "dynamodb": {
        "Keys": {"pk": {"S": "USER#1"}, "sk": {"S": "TAG#2"}},
        "NewImage": {"name": {"S": "home"}, "size": {"N": "3"}, "parts": {"L": [{"S": "door"}]}, "empty": {"S": ""}},
    },
}


def in_new_image(**rules: Any) -> dict[str, Any]:
    return {"dynamodb": {"NewImage": rules}}


@pytest.mark.parametrize(
    ("pattern", "passes"),
    [
        ({}, True),
        ({"eventName": ["MODIFY"]}, True),
        ({"eventName": ["INSERT"]}, False),
        ({"eventName": ["INSERT", "MODIFY"]}, True),  # one of the list is enough
        ({"eventName": ["modify"]}, False),  # character by character
        ({"eventName": ["MODIFY"], "eventSource": ["aws:dynamodb"]}, False),  # every name of the pattern must be there
        ({"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "TAG#"}]}}}}, True),
        ({"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "TAGNAME#"}]}}}}, False),
        ({"dynamodb": {"Keys": {"sk": {"S": ["PROFILE", {"prefix": "TAG#"}]}}}}, True),
        ({"dynamodb": {"Keys": {"sk": {"N": [{"prefix": "TAG#"}]}}}}, False),
        (in_new_image(name={"S": [{"exists": True}]}), True),
        (in_new_image(empty={"S": [{"exists": True}]}), True),
        (in_new_image(name={"N": [{"exists": True}]}), False),
        (in_new_image(deleted_at={"S": [{"exists": True}]}), False),
        (in_new_image(name=[{"exists": True}]), False),  # "only works on leaf nodes in the event JSON"
        ({"dynamodb": {"OldImage": {"name": {"S": [{"exists": True}]}}}}, False),
        (in_new_image(name={"S": {"deeper": [{"exists": True}]}}), False),
    ],
)
def test_record_passes_if_it_holds_all_that_the_pattern_names(pattern: dict[str, Any], *, passes: bool) -> None:
    assert matches(pattern, RECORD) is passes


def test_criteria_are_read_as_json_texts() -> None:
    pattern = in_new_image(name={"S": ["a", {"prefix": "b"}, {"exists": True}]})
    assert read_patterns({"Filters": [{"Pattern": json.dumps(pattern)}]}) == [pattern]
    assert read_patterns({}) == []


@pytest.mark.parametrize(
    "pattern",
    [
        '{"size": [{"numeric": [">", 1]}]}',
        '{"name": [{"anything-but": ["home"]}]}',
        '{"name": [{"exists": false}]}',
        '{"name": [{"prefix": "a", "suffix": "b"}]}',
        '{"name": [null]}',
        '{"name": [3]}',
        '{"name": []}',
        '{"name": "home"}',
        '{"$or": [{"name": ["home"]}]}',
        "{",
    ],
)
def test_rule_that_is_not_understood_here_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(StartError) as refused:
        read_patterns({"Filters": [{"Pattern": pattern}]})
    assert pattern in str(refused.value)
