"""The function on the table's stream: finishes what a deletion started, in whatever pieces, as often as it is asked."""

import io
import itertools
import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from functions.delete_me import app
from lambdo.base import ids
from lambdo.table import aws, keys, writes
from lambdo.table import calls as table
from lambdo.table.wire import dump as to_wire
from lambdo.tags import store as tags
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Api, Caller, Json, logging_to
from tools.in_process.network import APPLIED_CRASH, CRASH, LOST, PASS, Crash, Fault, Network, error
from tools.in_process.stream import PATIENCE, Stream, deliver, record

type Dump = Callable[[], list[dict[str, Any]]]

MANY = 500
NOW = "2026-11-21T00:00:00.000000Z"
PASSING: dict[str, list[Fault]] = {
    "throttled": [error("ThrottlingException")] * 3,
    "conflict": [error("TransactionConflictException")] * 4,
}


def load(user: Caller, count: int, tag_id: str | None) -> None:
    """Write tasks of the user, with links to the tag, straight into the table."""
    items = []
    for number in range(count):
        task_id = ids.new_id()
        items.append({
            "pk": keys.user(user.id), "sk": keys.task(task_id), "lsi1sk": f"open#{task_id}", "lsi3sk": f"open#2#{task_id}",
            "title": f"task {number}", "completed": False, "priority": "medium", "version": 1, "created_at": NOW,
            "updated_at": NOW, "tag_ids": frozenset({tag_id} if tag_id else ()),
        })  # fmt: skip
        if tag_id:
            items.append({"pk": keys.user(user.id), "sk": keys.link(tag_id, task_id)})
    client, name = aws.client("dynamodb"), os.environ["TABLE_NAME"]
    for piece in itertools.batched(items, 25, strict=False):
        requests = [{"PutRequest": {"Item": to_wire(item)}} for item in piece]
        assert not client.batch_write_item(RequestItems={name: requests})["UnprocessedItems"]


@pytest.fixture
def deleted_tag(user: Caller) -> Json:
    """A tag of 3 tasks that has been deleted, as the stream's record of it."""
    tag, kept = user.create_tag(), user.create_tag()
    for more in ([], [kept["id"]], []):
        user.create_task(tag_ids=[tag["id"], *more])
    assert user.call("DELETE", f"tags/{tag['id']}").status == 204
    return marked(user, keys.tag(tag["id"]))


def marked(user: Caller, sk: str) -> Json:
    item = table.get(keys.user(user.id), sk)
    assert item is not None
    return record(to_wire(item))


def trace(dump: Dump, tag: Json) -> list[Json]:
    tag_id = tag["dynamodb"]["Keys"]["sk"]["S"].removeprefix("TAG#")
    return [item for item in dump() if tag_id in str(item)]


def test_tag_is_cleared_from_tasks_links_and_table_and_each_task_has_a_new_version(
    user: Caller, dump: Dump, deleted_tag: Json
) -> None:
    before = {task["id"]: task for task in user.call("GET", "tasks").json["items"]}
    assert deliver(deleted_tag) == []
    assert trace(dump, deleted_tag) == []
    after = {task["id"]: task for task in user.call("GET", "tasks").json["items"]}
    assert after == {task_id: {**task, "version": 2} for task_id, task in before.items()}
    fsck(dump())


def test_repeated_records_are_harmless(user: Caller, dump: Dump, deleted_tag: Json) -> None:
    assert deliver(deleted_tag, deleted_tag) == []
    after = dump()
    assert deliver(deleted_tag) == []
    assert deliver() == []
    assert dump() == after


@pytest.mark.parametrize("name", ["MODIFY", "REMOVE"])
def test_what_is_not_being_deleted_is_left_alone_whatever_the_filters_let_through(
    user: Caller, dump: Dump, name: str
) -> None:
    tag = user.create_tag()
    user.create_task(tag_ids=[tag["id"]])
    trashed = user.create_task()
    user.call("DELETE", f"tasks/{trashed['id']}")
    before = dump()
    for sk in (keys.tag(tag["id"]), keys.trash(trashed["id"]), keys.PROFILE):
        item = table.get(keys.user(user.id), sk)
        assert item is not None
        one = record(to_wire(item), name)
        assert deliver(one) == [one["dynamodb"]["SequenceNumber"]]
    assert dump() == before


def test_what_it_did_is_logged_without_names(user: Caller, deleted_tag: Json) -> None:
    with logging_to(log := io.StringIO()):
        deliver(deleted_tag)
    logged = json.loads(log.getvalue())
    assert (logged["message"], logged["level"], logged["finished"]) == ("deletion", "INFO", True)
    assert (logged["event_name"], logged["event_id"]) == ("MODIFY", deleted_tag["eventID"])
    assert (logged["pk"], logged["sk"]) == (f"USER#{user.id}", deleted_tag["dynamodb"]["Keys"]["sk"]["S"])
    assert logged["capacity_units"] > 0
    assert deleted_tag["dynamodb"]["NewImage"]["name"]["S"] not in str(logged)


@pytest.mark.parametrize("crash", [CRASH, APPLIED_CRASH], ids=["before a call", "after a call"])
def test_tag_is_finished_after_a_crash_at_any_call(
    user: Caller, network: Network, dump: Dump, stream: Stream, crash: Fault
) -> None:
    for step in range(PATIENCE):
        tag = user.create_tag()
        for more in ([], [user.create_tag()["id"]]):
            user.create_task(tag_ids=[tag["id"], *more])
        user.call("DELETE", f"tags/{tag['id']}")
        one = marked(user, keys.tag(tag["id"]))
        network.plan = [*[PASS] * step, crash]
        try:
            assert deliver(one) == []
        except Crash:
            network.restart()
            fsck(dump())
            assert deliver(one) == []
        left, network.plan = len(network.plan), []
        assert trace(dump, one) == []
        fsck(dump())
        if left:  # there was no such call any more
            assert step == 6  # links, two tasks, their links, links again, the tag
            return


@pytest.mark.parametrize("fault", PASSING)
def test_tag_under_a_fault_that_may_pass_is_touched_and_goes_on_with_the_next_record(
    user: Caller, network: Network, dump: Dump, stream: Stream, fault: str
) -> None:
    for step in range(PATIENCE):
        tag = user.create_tag()
        user.create_task(tag_ids=[tag["id"]])
        user.call("DELETE", f"tags/{tag['id']}")
        one = marked(user, keys.tag(tag["id"]))
        network.plan = [*[PASS] * step, *PASSING[fault]]
        assert deliver(one) == []
        left, network.plan = len(network.plan), []
        fsck(dump())
        if left:
            assert step == 5  # links, the task, its link, links again, the tag
            assert trace(dump, one) == []
            return
        again = marked(user, keys.tag(tag["id"]))
        assert "touched_at" in again["dynamodb"]["NewImage"]
        assert deliver(again) == []
        assert trace(dump, one) == []
    raise AssertionError("no end")


def test_tag_is_cleared_once_though_each_call_is_applied_and_sent_again(
    user: Caller, network: Network, dump: Dump, deleted_tag: Json
) -> None:
    network.plan = [LOST, PASS] * 10
    assert deliver(deleted_tag) == []
    network.plan = []
    assert trace(dump, deleted_tag) == []
    assert {task["version"] for task in user.call("GET", "tasks").json["items"]} == {2}
    fsck(dump())


@pytest.mark.parametrize("fault", PASSING)
def test_tag_and_account_under_a_fault_that_lasts_are_reported_and_finished_when_they_come_again(
    user: Caller, stranger: Caller, network: Network, dump: Dump, deleted_tag: Json, monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:  # fmt: skip
    account = deleted(stranger, monkeypatch)
    before = dump()
    network.plan = PASSING[fault] * 4  # for each, the first call and the touch
    assert deliver(deleted_tag, account) == [one["dynamodb"]["SequenceNumber"] for one in (deleted_tag, account)]
    assert network.plan == []
    assert dump() == before
    assert deliver(deleted_tag, account) == []
    assert trace(dump, deleted_tag) == []
    assert left_of(stranger, dump) == ["PROFILE"]


def test_fault_at_any_call_is_reported_for_its_record_and_not_for_the_others(
    user: Caller, network: Network, dump: Dump
) -> None:
    for step in range(PATIENCE):
        batch = []
        for _ in range(3):
            tag = user.create_tag()
            user.create_task(tag_ids=[tag["id"]])
            user.call("DELETE", f"tags/{tag['id']}")
            batch.append(marked(user, keys.tag(tag["id"])))
        first, second, third = batch
        calls = 5  # links, the task, its link, links again, the tag
        network.plan = [*[PASS] * (calls + step), error("AccessDeniedException")]
        failures = deliver(*batch)
        if step == calls:
            assert failures == [third["dynamodb"]["SequenceNumber"]]
            return
        assert failures == [second["dynamodb"]["SequenceNumber"]], step
        assert [*trace(dump, first), *trace(dump, third)] == []
        fsck(dump())
        assert deliver(second, third) == []  # Lambda brings the batch again from the failure on
        assert trace(dump, second) == []


def test_unexpected_failure_is_logged_with_its_exception(user: Caller, network: Network, deleted_tag: Json) -> None:
    network.plan = [error("AccessDeniedException")]
    with logging_to(log := io.StringIO()):
        assert deliver(deleted_tag) == [deleted_tag["dynamodb"]["SequenceNumber"]]
    logged = json.loads(log.getvalue())
    assert (logged["level"], logged["message"]) == ("ERROR", "deletion failed")
    assert "AccessDenied" in logged["exception"]


def test_what_is_left_undone_of_a_batch_is_sent_again(
    user: Caller, network: Network, dump: Dump, deleted_tag: Json
) -> None:
    tag_id = deleted_tag["dynamodb"]["Keys"]["sk"]["S"].removeprefix("TAG#")
    task_ids, _ = tags.query_links(user.id, tag_id, limit=10, strong=True)
    requests = [
        {"DeleteRequest": {"Key": writes.key_of(keys.user(user.id), keys.link(tag_id, task_id))}}
        for task_id in task_ids
    ]
    undone = error("", 200, UnprocessedItems={os.environ["TABLE_NAME"]: requests}, ConsumedCapacity=[])
    network.plan = [*[PASS] * 4, *[undone] * 4]
    assert deliver(deleted_tag) == []
    assert network.sent.count("BatchWriteItem") == 6
    assert len(network.slept) == 4
    assert trace(dump, deleted_tag) == []


def test_batch_that_is_left_undone_5_times_is_finished_with_the_next_record(
    user: Caller, network: Network, dump: Dump, deleted_tag: Json
) -> None:
    requests = [{"DeleteRequest": {"Key": writes.key_of(keys.user(user.id), "LINK#x#y")}}]
    undone = error("", 200, UnprocessedItems={os.environ["TABLE_NAME"]: requests}, ConsumedCapacity=[])
    network.plan = [*[PASS] * 4, *[undone] * 5]
    assert deliver(deleted_tag) == []
    assert [item for item in trace(dump, deleted_tag) if "touched_at" in item]
    fsck(dump())
    assert deliver(deleted_tag) == []
    assert trace(dump, deleted_tag) == []


def test_tag_out_of_time_is_touched_and_goes_on_with_the_next_record(
    user: Caller, dump: Dump, deleted_tag: Json
) -> None:
    assert deliver(deleted_tag, seconds=itertools.repeat(59.9)) == []
    (tag,) = [item for item in trace(dump, deleted_tag) if "deleted_at" in item]
    assert "touched_at" in tag  # which is the change that brings the next record
    assert len(trace(dump, deleted_tag)) == 7
    fsck(dump())
    assert deliver(record(tag), seconds=itertools.repeat(60.0)) == []
    assert trace(dump, deleted_tag) == []


def test_tag_of_250_tasks_is_finished_in_3_pieces(user: Caller, dump: Dump, stream: Stream) -> None:
    tag = user.create_tag()
    load(user, 250, tag["id"])
    fsck(dump())
    user.call("DELETE", f"tags/{tag['id']}")
    questions = 1 + 2 * 100 + 4 + 1  # before each call, and before each task
    for left in (150, 50):
        seconds = itertools.chain([300.0] * questions, itertools.repeat(59.0))
        assert deliver(marked(user, keys.tag(tag["id"])), seconds=seconds) == []
        fsck(dump())
        assert len([item for item in dump() if item["sk"]["S"].startswith(f"LINK#{tag['id']}")]) == left
    assert deliver(marked(user, keys.tag(tag["id"]))) == []
    assert tag["id"] not in str(dump())
    fsck(dump())


def test_tag_that_another_run_has_finished_meanwhile_is_no_failure_for_good(
    user: Caller, network: Network, dump: Dump, deleted_tag: Json
) -> None:
    network.plan = [PASS, lambda: deliver(deleted_tag)]
    failures = deliver(deleted_tag, seconds=itertools.repeat(1.0))
    assert failures in ([], [deleted_tag["dynamodb"]["SequenceNumber"]])
    assert deliver(deleted_tag) == []
    assert trace(dump, deleted_tag) == []
    fsck(dump())


@pytest.fixture
def deleted_account(user: Caller, monkeypatch: pytest.MonkeyPatch) -> Json:
    """An account of 150 tasks whose request had no time to sweep, as the stream's record of it."""
    tag = user.create_tag()
    load(user, 150, tag["id"])
    user.create_task(tag_ids=[user.create_tag()["id"], tag["id"]])
    return deleted(user, monkeypatch)


def deleted(user: Caller, monkeypatch: pytest.MonkeyPatch) -> Json:
    """Delete an account without time to sweep, and return the stream's record of it."""
    with monkeypatch.context() as patch:
        patch.setattr(app, "SWEEP_SECONDS", -1)
        assert user.call("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    return marked(user, keys.PROFILE)


def left_of(user: Caller, dump: Dump) -> list[str]:
    return [item["sk"]["S"] for item in dump() if user.id in str(item)]


def test_account_is_swept_and_its_mark_stays(user: Caller, dump: Dump, deleted_account: Json) -> None:
    assert (
        len(left_of(user, dump)) == 2 + 1 + 4 + 151 * 2 + 1
    )  # profile and mail, session, tags and names, tasks and links
    assert deliver(deleted_account, deleted_account) == []
    assert left_of(user, dump) == ["PROFILE"]
    fsck(dump())


def test_account_out_of_time_is_touched_and_goes_on_with_the_next_record(
    user: Caller, dump: Dump, stream: Stream, deleted_account: Json
) -> None:
    left = len(left_of(user, dump))
    for _ in range(PATIENCE):
        assert deliver(deleted_account, seconds=itertools.chain([300.0] * 7, itertools.repeat(59.0))) == []
        now = len(left_of(user, dump))
        fsck(dump())
        if now == 1:
            break
        assert now < left
        left = now
        deleted_account = marked(user, keys.PROFILE)
        assert "touched_at" in deleted_account["dynamodb"]["NewImage"]
    assert left_of(user, dump) == ["PROFILE"]


@pytest.mark.parametrize("crash", [CRASH, APPLIED_CRASH], ids=["before a call", "after a call"])
def test_account_is_finished_after_a_crash_at_any_call(
    user: Caller, network: Network, dump: Dump, deleted_account: Json, crash: Fault
) -> None:
    for step in range(PATIENCE):
        network.plan = [*[PASS] * step, crash]
        try:
            assert deliver(deleted_account) == []
        except Crash:
            network.restart()
            fsck(dump())
        else:
            break
    network.plan = []
    assert deliver(deleted_account) == []
    assert left_of(user, dump) == ["PROFILE"]


@pytest.mark.parametrize("fault", PASSING)
def test_account_under_a_fault_that_may_pass_is_touched_and_goes_on_with_the_next_record(
    user: Caller, network: Network, dump: Dump, deleted_account: Json, fault: str
) -> None:
    for step in range(PATIENCE):
        network.plan = [*[PASS] * step, *PASSING[fault]]
        assert deliver(deleted_account) == []
        left, network.plan = len(network.plan), []
        fsck(dump())
        if left:
            assert left_of(user, dump) == ["PROFILE"]
            return
        deleted_account = marked(user, keys.PROFILE)
        assert "touched_at" in deleted_account["dynamodb"]["NewImage"]
    raise AssertionError("no end")


@pytest.mark.parametrize("fault", PASSING)
def test_removed_mark_under_a_fault_is_reported_and_swept_when_it_comes_again(
    user: Caller, network: Network, dump: Dump, deleted_account: Json, fault: str
) -> None:
    mark = record(deleted_account["dynamodb"]["NewImage"], "REMOVE")
    table.delete(writes.delete(keys.user(user.id), keys.PROFILE))  # as TTL does
    network.plan = [PASS, PASS, *PASSING[fault]]
    assert deliver(mark) == [mark["dynamodb"]["SequenceNumber"]]
    assert deliver(mark) == []
    assert left_of(user, dump) == []


def test_removed_mark_sweeps_what_was_written_late_and_fails_while_time_is_short(
    user: Caller, dump: Dump, deleted_account: Json
) -> None:
    mark = record(deleted_account["dynamodb"]["NewImage"], "REMOVE")
    others = [item for item in dump() if user.id not in str(item)]
    table.delete(writes.delete(keys.user(user.id), keys.PROFILE))  # as TTL does
    assert deliver(mark, seconds=itertools.repeat(1.0)) == [mark["dynamodb"]["SequenceNumber"]]
    assert left_of(user, dump)
    assert deliver(mark) == []
    assert deliver(mark) == []
    assert left_of(user, dump) == []
    assert dump() == others


def test_tag_with_500_tasks_is_deleted_shown_no_more_killed_half_way_and_finished(
    user: Caller, network: Network, dump: Dump, stream: Stream
) -> None:
    tag = user.create_tag()
    load(user, MANY, tag["id"])
    sent = len(network.sent)
    answer = user.call("DELETE", f"tags/{tag['id']}")
    assert (answer.status, len(network.sent) - sent) == (204, 2)  # at once, however many
    for query in ("", f"tag={tag['id']}"):
        shown = user.call("GET", "tasks", query=query).json["items"]
        assert [task for task in shown if task["tags"]] == []
    one = marked(user, keys.tag(tag["id"]))
    network.plan = [*[PASS] * (MANY // 2), CRASH]
    with pytest.raises(Crash):
        deliver(one)
    network.restart()
    links = [item for item in dump() if item["sk"]["S"].startswith("LINK#")]
    assert 0 < len(links) < MANY
    fsck(dump())
    assert deliver(one, seconds=itertools.chain([300.0] * (MANY // 4), itertools.repeat(59.0))) == []
    stream.drain()
    assert tag["id"] not in str(dump())
    assert len([item for item in dump() if item["sk"]["S"].startswith("TASK#") and user.id in item["pk"]["S"]]) == MANY
    fsck(dump())


def test_account_with_500_tasks_is_deleted_and_its_address_registers_again_at_once(
    api: Api, user: Caller, dump: Dump, stream: Stream
) -> None:
    load(user, MANY, None)
    load(user, 100, user.create_tag()["id"])
    assert user.call("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    refused = api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token})
    assert_problem(refused, 401, "invalid_refresh_token")
    again = api.call("POST", "/api/auth/register", {"email": user.email, "password": PASSWORD})
    assert again.status == 201
    stream.drain()
    assert left_of(user, dump) == ["PROFILE"]
    assert user.call("GET", "tasks").json == {"items": [], "next_cursor": None}
    assert_problem(user.call("GET", "/api/auth/me"), 404, "user_not_found")
    fsck(dump())
