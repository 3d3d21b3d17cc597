"""The table's stream: which changes of the table invoke the functions that finish deletions and send mails, and how."""

import json
from typing import Any

import pytest

from tests.support.template import DEAD_LETTERS, FUNCTIONS, STREAM, camel, function, granted, resources
from tools.local.filters import matches


def test_stream_feeds_the_function_that_finishes_deletions() -> None:
    properties = resources("AWS::Lambda::EventSourceMapping")["FinishDeletionsStream"]["Properties"]
    assert properties["FunctionName"] == {"Ref": "FinishDeletionsFunction.Alias"}
    assert properties["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert properties["StartingPosition"] == "TRIM_HORIZON"
    assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert properties["BisectBatchOnFunctionError"] is True
    assert properties["BatchSize"] == 5
    assert properties["MaximumRetryAttempts"] == 10
    assert properties["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}}


def test_stream_feeds_the_function_that_sends_mails() -> None:
    properties = resources("AWS::Lambda::EventSourceMapping")["SendMailStream"]["Properties"]
    assert properties["FunctionName"] == {"Ref": "SendMailFunction.Alias"}
    assert properties["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert properties["BisectBatchOnFunctionError"] is True
    assert (properties["BatchSize"], properties["MaximumRetryAttempts"]) == (5, 10)
    assert properties["MaximumRecordAgeInSeconds"] == 3600
    assert properties["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}}


def stream_filters(name: str) -> list[dict[str, Any]]:
    mapping = resources("AWS::Lambda::EventSourceMapping")[f"{name}Stream"]
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
        (record("INSERT", "TRASH#1", NewImage=MARKED), False),
        (record("REMOVE", "TRASH#1", OldImage=MARKED), False),
        (record("INSERT", "SESSION#1", NewImage=ALIVE), False),
        (record("REMOVE", "SESSION#1", OldImage=ALIVE), False),
        (record("INSERT", "WINDOW#1", NewImage=ALIVE), False),
        (record("MODIFY", "WINDOW#1", OldImage=ALIVE, NewImage=ALIVE), False),
        (record("REMOVE", "WINDOW#1", OldImage=ALIVE), False),
    ],
)
def test_only_a_deletion_left_to_finish_invokes_the_stream_function(one: dict[str, Any], *, invokes: bool) -> None:
    assert any(matches(pattern, one) for pattern in stream_filters("FinishDeletions")) is invokes


ASKED = {"requested_at": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("one", "invokes"),
    [
        (record("INSERT", "MAIL#reset_password", NewImage=ASKED), True),
        (record("MODIFY", "MAIL#verify_email", OldImage=ASKED, NewImage=ASKED), True),
        (record("REMOVE", "MAIL#reset_password", OldImage=ASKED), False),  # the mail is sent
        (record("INSERT", "MAILTOKEN#reset_password#0", NewImage={"session_epoch": "0"}), False),
        (record("INSERT", "CREDENTIAL", NewImage=ALIVE), False),
        (record("INSERT", "PROFILE", NewImage=ALIVE), False),
        (record("INSERT", "SESSION#1", NewImage=ALIVE), False),
        (record("INSERT", "TASK#1", NewImage=ALIVE), False),
    ],
)
def test_only_a_mail_that_is_asked_for_invokes_the_function_that_sends_it(
    one: dict[str, Any], *, invokes: bool
) -> None:
    assert any(matches(pattern, one) for pattern in stream_filters("SendMail")) is invokes


@pytest.mark.check("I01")
def test_no_role_gets_a_managed_policy_for_the_stream() -> None:
    """For an event of Type DynamoDB, SAM attaches AWSLambdaDynamoDBExecutionRole: every stream of the account."""
    kinds = {event["Type"] for folder in FUNCTIONS for event in function(folder).get("Events", {}).values()}
    assert kinds == {"HttpApi"}


@pytest.mark.check("I01")
@pytest.mark.parametrize("folder", FUNCTIONS)
def test_what_lambda_does_in_a_functions_name_is_allowed_where_the_stream_invokes_it_and_nowhere_else(
    folder: str,
) -> None:
    mappings = resources("AWS::Lambda::EventSourceMapping").values()
    invoked = {"Ref": f"{camel(folder)}Function.Alias"} in [one["Properties"]["FunctionName"] for one in mappings]
    reading = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    by_lambda = {f"dynamodb:{action}": {STREAM} for action in reading} | {"sqs:SendMessage": {DEAD_LETTERS}}
    found = {action: found for action, found in granted(folder).items() if found & {STREAM, DEAD_LETTERS}}
    assert found == (by_lambda if invoked else {})


def test_what_is_given_up_lies_encrypted_for_14_days() -> None:
    queue = resources("AWS::SQS::Queue")["DeadLetters"]["Properties"]
    assert queue == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 24 * 3600}
