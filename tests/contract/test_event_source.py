"""The table's stream: which changes of the table invoke the function that finishes deletions, and how."""

import json
from typing import Any

import pytest

from tests.contract.test_template import FUNCTIONS, function, resources
from tools.local.filters import matches


def test_stream_feeds_the_function_that_finishes_deletions() -> None:
    (mapping,) = resources("AWS::Lambda::EventSourceMapping").values()
    properties = mapping["Properties"]
    assert properties["FunctionName"] == {"Ref": "FinishDeletionsFunction.Alias"}
    assert properties["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert properties["StartingPosition"] == "TRIM_HORIZON"
    assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert properties["BisectBatchOnFunctionError"] is True
    assert properties["BatchSize"] == 5
    assert properties["MaximumRetryAttempts"] == 10
    assert properties["DestinationConfig"] == {
        "OnFailure": {"Destination": {"Fn::GetAtt": ["FinishDeletionsDeadLetters", "Arn"]}}
    }


def stream_filters() -> list[dict[str, Any]]:
    (mapping,) = resources("AWS::Lambda::EventSourceMapping").values()
    return [json.loads(one["Pattern"]) for one in mapping["Properties"]["FilterCriteria"]["Filters"]]


def record(event_name: str, sk: str, **images: dict[str, str]) -> dict[str, Any]:
    keys = {"pk": "USER#1", "sk": sk}
    typed = {name: {key: {"S": value} for key, value in (keys | image).items()} for name, image in images.items()}
    return {"eventName": event_name, "dynamodb": {"Keys": {key: {"S": value} for key, value in keys.items()}, **typed}}


ALIVE: dict[str, str] = {"name": "home"}
MARKED = {"name": "home", "deleted_at": "2026-01-01T00:00:00Z"}
TOUCHED = {"name": "home", "deleted_at": "2026-01-01T00:05:00Z"}


@pytest.mark.parametrize(
    ("one", "invokes"),
    [
        (record("MODIFY", "TAG#1", OldImage=ALIVE, NewImage=MARKED), True),
        (record("MODIFY", "TAG#1", OldImage=MARKED, NewImage=TOUCHED), True),
        (record("MODIFY", "PROFILE", OldImage=ALIVE, NewImage=MARKED), True),
        (record("MODIFY", "PROFILE", OldImage=MARKED, NewImage=TOUCHED), True),
        (record("REMOVE", "PROFILE", OldImage=MARKED), True),
        (record("REMOVE", "TAG#1", OldImage=MARKED), False),  # the work is done
        (record("INSERT", "TAG#1", NewImage=ALIVE), False),
        (record("MODIFY", "TAG#1", OldImage=ALIVE, NewImage={"name": "work"}), False),
        (record("INSERT", "PROFILE", NewImage=ALIVE), False),
        (record("MODIFY", "PROFILE", OldImage=ALIVE, NewImage={"name": "work"}), False),
        (record("INSERT", "TAGNAME#home", NewImage=ALIVE), False),
        (record("REMOVE", "TAGNAME#home", OldImage=ALIVE), False),
        (record("INSERT", "LINK#1#2", NewImage=ALIVE), False),
        (record("REMOVE", "LINK#1#2", OldImage=ALIVE), False),
        (record("INSERT", "TASK#1", NewImage=ALIVE), False),
        (record("MODIFY", "TASK#1", OldImage=ALIVE, NewImage=ALIVE), False),
        (record("REMOVE", "TASK#1", OldImage=ALIVE), False),
        (record("INSERT", "SESSION#1", NewImage=ALIVE), False),
        (record("REMOVE", "SESSION#1", OldImage=ALIVE), False),
        (record("INSERT", "WINDOW#1", NewImage=ALIVE), False),
        (record("MODIFY", "WINDOW#1", OldImage=ALIVE, NewImage=ALIVE), False),
        (record("REMOVE", "WINDOW#1", OldImage=ALIVE), False),
    ],
)
def test_only_a_deletion_left_to_finish_invokes_the_stream_function(one: dict[str, Any], *, invokes: bool) -> None:
    assert any(matches(pattern, one) for pattern in stream_filters()) is invokes


@pytest.mark.check("I01")
def test_no_role_gets_a_managed_policy_for_the_stream() -> None:
    """For an event of Type DynamoDB, SAM attaches AWSLambdaDynamoDBExecutionRole: every stream of the account."""
    kinds = {event["Type"] for folder in FUNCTIONS for event in function(folder).get("Events", {}).values()}
    assert kinds == {"HttpApi"}


def test_deletion_that_is_given_up_lies_encrypted_for_14_days() -> None:
    queue = resources("AWS::SQS::Queue")["FinishDeletionsDeadLetters"]["Properties"]
    assert queue == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 24 * 3600}
