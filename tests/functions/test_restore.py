"""`make restore` and `make table-settings`: a table restored beside the old one is checked, one in its place is set up again."""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import pytest
from botocore.stub import Stubber

from lambdo.table.wire import load
from tools.in_process.api import Api
from tools.operate import restore, table_settings
from tools.operate.target import Target, open_target

type Item = dict[str, Any]

NEW = "Restored"


@pytest.fixture
def source(api: Api, dump: Callable[[], list[Item]], other: Target) -> Iterator[Target]:
    """A table with the items of one account; what is restored from it is removed."""
    me = api.sign_up()
    me.create_task(tag_ids=[me.create_tag()["id"]])
    for item in map(load, dump()):
        if me.id in repr(item):
            other.table.put_item(Item=item)
    yield other
    with contextlib.suppress(other.client.exceptions.ResourceNotFoundException):
        other.client.delete_table(TableName=NEW)


def test_restored_table_has_the_items_and_is_found_whole(source: Target, capsys: pytest.CaptureFixture[str]) -> None:
    assert _restore(source) == 0
    assert _items(open_target(NEW)) == _items(source)
    assert len(_items(source)) == 8
    assert capsys.readouterr().err.endswith("fsck: no violations\n")


def test_restored_table_that_breaks_a_rule_exits_1(source: Target, capsys: pytest.CaptureFixture[str]) -> None:
    link = next(item for item in _items(source) if item["sk"].startswith("LINK#"))
    source.table.delete_item(Key={"pk": link["pk"], "sk": link["sk"]})
    assert _restore(source) == 1
    assert capsys.readouterr().out.startswith(f"I3 {link['pk']} {link['sk']} - missing")


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
    old = open_target("Old")
    with Stubber(old.client) as dynamodb:
        names = {"SourceTableName": "Old", "TargetTableName": NEW}
        dynamodb.add_response("restore_table_to_point_in_time", {}, {**names, **asked})
        dynamodb.add_client_error("describe_table", "ResourceNotFoundException")
        for status in ("CREATING", "ACTIVE"):
            dynamodb.add_response("describe_table", {"Table": {"TableStatus": status}}, {"TableName": NEW})
        assert restore.restore(old, NEW, when).table.name == NEW
        dynamodb.assert_no_pending_responses()
    assert slept == [restore.POLL] * 2


def test_settings_of_the_template_are_given_once(source: Target, capsys: pytest.CaptureFixture[str]) -> None:
    _restore(source)
    capsys.readouterr()
    assert _set(NEW, "prod") == 0
    table = open_target(NEW).table
    assert table.stream_specification == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table.deletion_protection_enabled is True
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


def _restore(source: Target, *more: str) -> int:
    endpoint = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    return restore.main(["--table", source.table.name, "--endpoint", endpoint, "--to", NEW, *more])


def _set(table: str, stage: str) -> int:
    endpoint = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    return table_settings.main(["--table", table, "--endpoint", endpoint, "--stage", stage])


def _items(target: Target) -> list[Item]:
    items: list[Item] = target.table.scan(ConsistentRead=True)["Items"]
    return sorted(items, key=itemgetter("pk", "sk"))
