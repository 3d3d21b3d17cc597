"""The event source mappings of template.yaml: table streams followed record by record into functions.

MiniStack forgets its streams when it stops, and no position is stored, so work left undone by an earlier run is found in
the table: each item that would pass the filters now is delivered as if it had just been modified. That is still delivery
at least once, as on AWS. MiniStack writes no record when its time to live removes an item, so functions are not told.
"""

import base64
import itertools
import json
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tools.local.application import EventSource
from tools.local.console import say
from tools.local.delivery import Invoke, Record, deliver
from tools.local.filters import matches

POLL_SECONDS = 0.5
REOPEN_SECONDS = 5.0

_sequence = itertools.count(1)


class NoStreamError(Exception):
    """The table has no stream."""


def follow(source: EventSource, endpoint: str, invoke: Invoke, stopping: threading.Event) -> None:
    """Deliver what waits and then what comes, until the server stops.

    If the endpoint lacks the API, or the table a stream, this is said once, and nothing is delivered. A position that was lost
    (iterators live for 15 minutes, less than a closed laptop sleeps) is found again like one of an earlier run.
    """
    opened = False
    while not stopping.is_set():
        try:
            stream = Stream(source.table, endpoint)
            opened = True
            for records in itertools.chain(find_unfinished(source, stream), stream.read(stopping)):
                deliver([one for one in records if passes(source, one)], source, invoke, stopping.wait)
                if stopping.is_set():
                    return
        except (BotoCoreError, ClientError, NoStreamError) as error:
            if not opened:
                say(f"{source.function} does not run: no stream of {source.table} at {endpoint} ({error}).")
                return
            stopping.wait(REOPEN_SECONDS)


def passes(source: EventSource, record: Record) -> bool:
    """Return whether the record passes at least one filter, or there is none."""
    return not source.patterns or any(matches(pattern, record) for pattern in source.patterns)


class Stream:
    """A table's stream at its end as it is now: what `read` yields was written after this was made."""

    def __init__(self, table: str, endpoint: str) -> None:
        self.dynamodb = _make_client("dynamodb", endpoint)
        self.table: dict[str, Any] = self.dynamodb.describe_table(TableName=table)["Table"]
        if not self.table.get("StreamSpecification", {}).get("StreamEnabled"):  # the name outlives the stream
            raise NoStreamError("streams are disabled")
        self.arn: str = self.table["LatestStreamArn"]
        self._streams = _make_client("dynamodbstreams", endpoint)
        self._iterators: dict[str, str | None] = {}
        self._open("LATEST")

    def read(self, stopping: threading.Event) -> Iterator[list[Record]]:
        """Yield the records of each poll that finds some, a shard at a time, until the server stops."""
        while not stopping.wait(POLL_SECONDS):
            for shard, iterator in list(self._iterators.items()):
                if iterator is not None:
                    answer = self._streams.get_records(ShardIterator=iterator)
                    self._iterators[shard] = answer.get("NextShardIterator")
                    if answer["Records"]:
                        yield [build_record(one, self.arn) for one in answer["Records"]]
                    if self._iterators[shard] is None:  # closed: its children go on
                        self._open("TRIM_HORIZON")

    def _open(self, position: str) -> None:
        for shard in self._streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]:
            if shard["ShardId"] not in self._iterators:
                answer = self._streams.get_shard_iterator(
                    StreamArn=self.arn, ShardId=shard["ShardId"], ShardIteratorType=position
                )
                self._iterators[shard["ShardId"]] = answer["ShardIterator"]


def _make_client(service: str, endpoint: str) -> Any:  # noqa: ANN401 - botocore's clients are typed by no one
    config = Config(connect_timeout=3, read_timeout=30, retries={"total_max_attempts": 2})
    return botocore.session.get_session().create_client(service, endpoint_url=endpoint, config=config)


def build_record(one: dict[str, Any], arn: str) -> Record:
    """Return a record of the streams API as Lambda hands it on: plain JSON, with the stream's name.

    https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
    """
    plain: Record = json.loads(json.dumps(one, default=_to_plain))
    return plain | {"eventSourceARN": arn}


def _to_plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} in a stream record")


def find_unfinished(source: EventSource, stream: Stream) -> Iterator[list[Record]]:
    """Yield, a page at a time, each item of the table as the record of a modification that changed nothing."""
    if not source.patterns:
        return  # everything would pass, at every start
    names = [one["AttributeName"] for one in stream.table["KeySchema"]]
    for page in stream.dynamodb.get_paginator("scan").paginate(TableName=source.table, ConsistentRead=True):
        yield [build_modification(item, names, stream.arn) for item in page["Items"]]


def build_modification(item: dict[str, Any], keys: list[str], arn: str) -> Record:
    """Return the record of a modification of the item, numbered as none of the stream is."""
    change = {
        "ApproximateCreationDateTime": int(time.time()),
        "Keys": {name: item[name] for name in keys},
        "NewImage": item,
        "OldImage": item,
        "SequenceNumber": f"{time.time_ns():020d}{next(_sequence):010d}",
        "SizeBytes": len(json.dumps(item, default=_to_plain)),
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    head = {"eventID": uuid.uuid4().hex, "eventName": "MODIFY", "eventVersion": "1.1", "eventSource": "aws:dynamodb"}
    return build_record(head | {"awsRegion": arn.split(":")[3], "dynamodb": change}, arn)
