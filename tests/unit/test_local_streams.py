"""Streams of the embedded back end reach functions as DynamoDB's do: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html ."""

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tools.local import streams
from tools.local.application import Application, EventSource
from tools.local.delivery import Record
from tools.local.pool import Result

FINE = Result('{"batchItemFailures": []}', None, [], cold=False)
TODO = {"dynamodb": {"NewImage": {"todo": {"S": [{"exists": True}]}}}}


@pytest.fixture
def endpoint(application: Application, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(streams, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(streams, "REOPEN_SECONDS", 0.001)
    return os.environ["AWS_ENDPOINT_URL_DYNAMODB"]


@pytest.fixture
def table(endpoint: str) -> Iterator[Any]:
    """A table with a stream, as boto3's resource; its name is Jobs."""
    made = boto3.resource("dynamodb").create_table(
        TableName="Jobs",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    yield made
    made.delete()


@pytest.fixture
def stopping() -> Iterator[threading.Event]:
    """What stops the following; after a minute it does so by itself, as a bound on hanging."""
    event = threading.Event()
    timer = threading.Timer(60, event.set)
    timer.start()
    yield event
    timer.cancel()


def test_template_has_two_event_sources_with_their_own_numbers(application: Application) -> None:
    sources = {source.function: source for source in application.sources}
    assert {name: len(source.patterns) for name, source in sources.items()} == {
        "FinishDeletionsFunction": 3,
        "SendMailFunction": 1,
    }
    for source in sources.values():
        assert (source.table, source.batch, source.retries) == ("Table", 5, 10)
        assert (source.bisect, source.by_item) == (True, True)


def test_record_is_plain_json_of_the_shape_that_lambda_hands_on(
    endpoint: str, table: Any, stopping: threading.Event
) -> None:
    stream = streams.Stream("Jobs", endpoint)
    table.put_item(Item={"pk": "a", "size": 3, "raw": b"\x00\xff"})
    (record,) = next(stream.read(stopping))
    arn = table.meta.client.describe_table(TableName="Jobs")["Table"]["LatestStreamArn"]
    assert isinstance(record["dynamodb"].pop("ApproximateCreationDateTime"), float)
    assert record["dynamodb"].pop("SequenceNumber").isdecimal()
    assert isinstance(record["dynamodb"].pop("SizeBytes"), int)
    assert record.pop("eventID")
    assert record == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "eventSourceARN": arn,
        "dynamodb": {
            "Keys": {"pk": {"S": "a"}},
            "NewImage": {"pk": {"S": "a"}, "size": {"N": "3"}, "raw": {"B": "AP8="}},
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }


def test_stream_is_read_from_where_it_was_opened(endpoint: str, table: Any, stopping: threading.Event) -> None:
    table.put_item(Item={"pk": "before"})
    reading = streams.Stream("Jobs", endpoint).read(stopping)
    for name in ("one", "two"):
        table.put_item(Item={"pk": name})
        (record,) = next(reading)
        assert record["dynamodb"]["Keys"] == {"pk": {"S": name}}


def followed(
    endpoint: str, stopping: threading.Event, enough: int, meanwhile: Callable[[], None] = lambda: None
) -> list[str]:
    """Follow the stream of Jobs until so many records were delivered; `meanwhile` runs in the first invocation."""
    found: list[str] = []

    def invoke(batch: list[Record]) -> Result:
        if not found:
            meanwhile()
        found.extend(f"{one['eventName']} {one['dynamodb']['Keys']['pk']['S']}" for one in batch)
        if len(found) >= enough:
            stopping.set()
        return FINE

    streams.follow(EventSource("WorkFunction", "Jobs", [TODO]), endpoint, invoke, stopping)
    return found


def test_item_that_an_earlier_run_left_is_delivered_and_then_what_is_written(
    endpoint: str, table: Any, stopping: threading.Event
) -> None:
    def write() -> None:
        table.put_item(Item={"pk": "other"})
        table.put_item(Item={"pk": "new", "todo": "yes"})

    table.put_item(Item={"pk": "left", "todo": "yes"})
    table.put_item(Item={"pk": "done"})
    assert followed(endpoint, stopping, 2, write) == ["MODIFY left", "INSERT new"]


def test_without_filters_nothing_is_delivered_but_what_is_written(endpoint: str, table: Any) -> None:
    table.put_item(Item={"pk": "left"})
    stream = streams.Stream("Jobs", endpoint)
    assert list(streams.find_unfinished(EventSource("WorkFunction", "Jobs", []), stream)) == []


def test_lost_position_is_found_again_in_the_table(
    endpoint: str, table: Any, stopping: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []

    def expire(self: streams.Stream, stopping: threading.Event) -> Iterator[list[Record]]:
        reads.append(self)
        yield []
        raise ClientError({"Error": {"Code": "ExpiredIteratorException"}}, "GetRecords")

    monkeypatch.setattr(streams.Stream, "read", expire)
    table.put_item(Item={"pk": "job", "todo": "yes"})
    assert followed(endpoint, stopping, 3) == ["MODIFY job"] * 3
    assert len(reads) == 2


def test_table_without_a_stream_is_said_in_one_line(
    endpoint: str, table: Any, stopping: threading.Event, capsys: pytest.CaptureFixture[str]
) -> None:
    client = table.meta.client
    client.update_table(TableName="Jobs", StreamSpecification={"StreamEnabled": False})
    streams.follow(EventSource("WorkFunction", "Jobs", []), endpoint, lambda _: FINE, stopping)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("WorkFunction does not run: ")


def test_endpoint_without_the_streams_api_is_said_in_one_line(
    endpoint: str,
    table: Any,
    stopping: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "UnknownOperationException"}}, "DescribeStream")

    monkeypatch.setattr(streams.Stream, "_open", refuse)
    streams.follow(EventSource("WorkFunction", "Jobs", []), endpoint, lambda _: FINE, stopping)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("WorkFunction does not run: ")
    assert "UnknownOperationException" in line
