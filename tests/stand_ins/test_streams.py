"""The records of the table's stream."""

from typing import Any

from lambdo.table import calls, writes
from lambdo.table.wire import dump, load
from tests.support.stand_in import Agrees, StandIn, outcome, with_transactions

pytestmark = with_transactions
EXISTS = writes.EXISTS


class Stream:
    """The stream from now on."""

    def __init__(self, stand_in: StandIn) -> None:
        self._client = stand_in.streams
        self.arn = stand_in.call("describe_table")["Table"]["LatestStreamArn"]
        (shard,) = self._client.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        self.shard = {"StreamArn": self.arn, "ShardId": shard["ShardId"]}
        self.iterator = self._client.get_shard_iterator(**self.shard, ShardIteratorType="LATEST")["ShardIterator"]

    def read(self, **more: Any) -> list[dict[str, Any]]:
        """Return the new records."""
        answer = self._client.get_records(ShardIterator=self.iterator, **more)
        self.iterator = answer["NextShardIterator"]
        records: list[dict[str, Any]] = answer["Records"]
        return records

    def changes(self) -> list[tuple[str, str, int | None, int | None]]:
        """Return of each new record the event, the sort key, and the attribute `n` before and after."""
        return [_change(record) for record in self.read()]


def _change(record: dict[str, Any]) -> tuple[str, str, int | None, int | None]:
    change = record["dynamodb"]
    old, new = (load(change.get(image, {})).get("n") for image in ("OldImage", "NewImage"))
    return record["eventName"], load(change["Keys"])["sk"], old, new


def test_each_change_has_its_record_with_both_images(stand_in: StandIn, pk: str) -> None:
    stream = Stream(stand_in)
    calls.put({"pk": pk, "sk": "A", "n": 1})
    calls.update(writes.update(pk, "A", {"n": 2}, condition=EXISTS))
    calls.delete(writes.delete(pk, "A"))
    assert stream.changes() == [("INSERT", "A", None, 1), ("MODIFY", "A", 1, 2), ("REMOVE", "A", 2, None)]


def test_record_has_what_lambda_hands_on(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    stream = Stream(stand_in)
    calls.put({"pk": pk, "sk": "A", "n": 1})
    (record,) = stream.read()
    change = record["dynamodb"]
    assert change["Keys"] == dump({"pk": pk, "sk": "A"})
    assert change["NewImage"] == dump({"pk": pk, "sk": "A", "n": 1})
    assert "OldImage" not in change
    assert change["SequenceNumber"].isdecimal()
    agrees(
        {
            "eventSource": record["eventSource"],
            "eventVersion": record["eventVersion"],
            "userIdentity": record.get("userIdentity"),
            "StreamViewType": change["StreamViewType"],
        },
        {
            "eventSource": "aws:dynamodb",
            "eventVersion": "1.1",
            "userIdentity": None,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    )


def test_writes_that_change_nothing_have_no_record(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    item = {"pk": pk, "sk": "A", "n": 1}
    calls.put(item)
    stream, seen = Stream(stand_in), {}
    calls.replace(item)
    seen["the same put again"] = len(stream.read())
    calls.update(writes.update(pk, "A", {"n": 1}, condition=EXISTS))
    seen["update to the same value"] = len(stream.read())
    calls.delete(writes.delete(pk, "Z", condition=None))
    seen["delete of no item"] = len(stream.read())
    stand_in.transact(writes.check(pk, "A"))
    seen["check"] = len(stream.read())
    stand_in.outcome("put_item", **writes.create({**item, "n": 2}).arguments)
    seen["refused put"] = len(stream.read())
    stand_in.transact(writes.put({**item, "sk": "B"}), writes.create(item))
    seen["refused transaction"] = len(stream.read())
    agrees({name: f"{count} records" for name, count in seen.items()}, "0 records")


def test_batches_and_transactions_have_a_record_for_each_item(stand_in: StandIn, pk: str) -> None:
    for sk in "DU":
        calls.put({"pk": pk, "sk": sk, "n": 1})
    stream = Stream(stand_in)
    stand_in.transact(
        writes.put({"pk": pk, "sk": "P", "n": 1}),
        writes.update(pk, "U", {"n": 2}, condition=EXISTS),
        writes.delete(pk, "D"),
    )
    assert sorted(stream.changes(), key=str) == [
        ("INSERT", "P", None, 1),
        ("MODIFY", "U", 1, 2),
        ("REMOVE", "D", 1, None),
    ]
    calls.delete_all(pk, ["P", "U"])
    assert sorted(stream.changes(), key=str) == [("REMOVE", "P", 1, None), ("REMOVE", "U", 2, None)]


def test_records_of_an_item_are_in_order_and_each_has_its_own_number(stand_in: StandIn, pk: str) -> None:
    stream = Stream(stand_in)
    for n in range(20):
        calls.replace({"pk": pk, "sk": "A", "n": n})
    records = stream.read(Limit=5) + stream.read()
    assert [_change(record)[3] for record in records] == list(range(20))
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))
    assert len({record["eventID"] for record in records}) == 20


def test_stream_is_read_on_after_a_sequence_number(stand_in: StandIn, pk: str) -> None:
    stream = Stream(stand_in)
    for n in (1, 2):
        calls.put({"pk": pk, "sk": f"A{n}", "n": n})
    first, _ = stream.read()
    position = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": first["dynamodb"]["SequenceNumber"]}
    stream.iterator = stand_in.streams.get_shard_iterator(**stream.shard, **position)["ShardIterator"]
    assert stream.changes() == [("INSERT", "A2", None, 2)]


def test_stream_that_does_not_exist_is_refused(stand_in: StandIn) -> None:
    arn = Stream(stand_in).arn.replace(stand_in.table, "Nobody")
    assert outcome(stand_in.streams, "describe_stream", StreamArn=arn) == "ResourceNotFoundException"
