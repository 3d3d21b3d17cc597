"""`make restore` and `make table-settings`: a table restored beside the old one is checked, one in its place is set up again."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tools.in_process.api import Api
from tools.operate import restore, table_settings
from tools.operate.target import Target

type Item = dict[str, Any]

NEW = "Restored"


@pytest.fixture
def source(api: Api, dump: Callable[[], list[Item]], other: Target) -> Iterator[Target]:
    """A table with somebody's items; what is restored from it is removed."""
    me = api.sign_up()
    me.create_task(tag_ids=[me.create_tag()["id"]])
    for item in dump():
        if me.id in repr(item):
            other.client.put_item(TableName=other.table, Item=item)
    yield other
    if NEW in other.client.list_tables()["TableNames"]:
        other.client.delete_table(TableName=NEW)


def test_restored_table_has_the_items_and_is_found_whole(source: Target, capsys: pytest.CaptureFixture[str]) -> None:
    assert _restore(source) == 0
    assert _items(Target(source.client, NEW)) == _items(source)
    assert len(_items(source)) == 8
    assert capsys.readouterr().err.endswith("fsck: no violations\n")


def test_restored_table_that_breaks_a_rule_exits_1(source: Target, capsys: pytest.CaptureFixture[str]) -> None:
    link = next(item for item in _items(source) if item["sk"]["S"].startswith("LINK#"))
    source.client.delete_item(TableName=source.table, Key={"pk": link["pk"], "sk": link["sk"]})
    assert _restore(source) == 1
    assert capsys.readouterr().out.startswith(f"I3 {link['pk']['S']} {link['sk']['S']} - missing")


def test_table_that_is_there_already_is_left_alone(source: Target, capsys: pytest.CaptureFixture[str]) -> None:
    assert _restore(source, "--to", os.environ["TABLE_NAME"]) == 2
    assert "TableAlreadyExists" in capsys.readouterr().err


def test_time_without_offset_is_refused(source: Target, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _restore(source, "--time", "2026-11-21T09:30:00")
    assert "invalid moment value" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        (None, {"UseLatestRestorableTime": True}),
        (restore.moment("2026-11-21T09:30:00Z"), {"RestoreDateTime": datetime(2026, 11, 21, 9, 30, tzinfo=UTC)}),
    ],
)
def test_restore_asks_for_the_time_and_waits_until_the_table_is_there(
    when: datetime | None, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    slow = SlowClient(["CREATING", "CREATING", "ACTIVE"])
    assert restore.restore(Target(slow, "Old"), NEW, when).table == NEW
    assert slow.asked == [{"SourceTableName": "Old", "TargetTableName": NEW, **asked}]
    assert slept == [restore.POLL] * 2


def test_settings_of_the_template_are_given_once(source: Target, capsys: pytest.CaptureFixture[str]) -> None:
    _restore(source)
    capsys.readouterr()
    assert _set(NEW, "prod") == 0
    table = source.client.describe_table(TableName=NEW)["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["DeletionProtectionEnabled"] is True
    ttl = source.client.describe_time_to_live(TableName=NEW)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires_at")
    backups = source.client.describe_continuous_backups(TableName=NEW)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert capsys.readouterr().out.count("set ") == 4
    assert _set(NEW, "prod") == 0
    assert capsys.readouterr().out == ""
    assert _set(NEW, "dev") == 0  # dev does not protect
    assert capsys.readouterr().out == "set DeletionProtectionEnabled\n"
    assert _set("Missing", "dev") == 2


@dataclass
class SlowClient:
    """A DynamoDB that takes its time."""

    statuses: list[str]
    asked: list[dict[str, Any]] = field(default_factory=list)

    def restore_table_to_point_in_time(self, **arguments: Any) -> None:
        self.asked.append(arguments)

    def describe_table(self, TableName: str) -> Any:  # noqa: N803 - DynamoDB's own name
        return {"Table": {"TableName": TableName, "TableStatus": self.statuses.pop(0)}}


def _restore(source: Target, *more: str) -> int:
    endpoint = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    return restore.main(["--table", source.table, "--endpoint", endpoint, "--to", NEW, *more])


def _set(table: str, stage: str) -> int:
    endpoint = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    return table_settings.main(["--table", table, "--endpoint", endpoint, "--stage", stage])


def _items(target: Target) -> list[Item]:
    items: list[Item] = target.client.scan(TableName=target.table, ConsistentRead=True)["Items"]
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
