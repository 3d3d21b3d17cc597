"""POST /api/{user_id}/tasks/bulk: many operations, each for itself, and what of them survives a fault."""

from collections.abc import Callable

import pytest

from lambdo.table import wire
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import UNKNOWN_ID, Answer, Caller, Json
from tools.in_process.network import PASS, Network, error
from tools.in_process.table import uncounted

BULK = "tasks/bulk"
KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
REPLAYED = "idempotent-replayed"

type Dump = Callable[[], list[Json]]


def bulk(user: Caller, *operations: Json, dry_run: bool = False, headers: dict[str, str] | None = None) -> Answer:
    body: Json = {"operations": list(operations)} | ({"dry_run": True} if dry_run else {})
    return user.call("POST", BULK, body, headers=headers)


def create(title: str, **fields: object) -> Json:
    return {"op": "create", "task": {"title": title, **fields}}


def titles(user: Caller) -> list[str]:
    return sorted(task["title"] for task in user.call("GET", "tasks", query="limit=100").json["items"])


def test_each_operation_does_what_its_endpoint_does_and_they_are_answered_in_order(user: Caller, dump: Dump) -> None:
    tag = user.create_tag()
    old, done, gone = (user.create_task(tag_ids=[tag["id"]]) for _ in range(3))
    answer = bulk(
        user,
        create("new", priority="high", due_date="2027-01-01", tag_ids=[tag["id"]]),
        {"op": "update", "task_id": old["id"], "changes": {"title": "edited", "tag_ids": []}},
        {"op": "complete", "task_id": done["id"], "completed": True},
        {"op": "complete", "task_id": old["id"]},
        {"op": "delete", "task_id": gone["id"]},
    )
    assert answer.status == 200, answer.text
    results = answer.json["results"]
    assert [result["status"] for result in results] == [201, 200, 200, 200, 204]
    assert results[4] == {"status": 204}
    for result in (results[0], results[2], results[3]):
        assert user.call("GET", f"tasks/{result['task']['id']}").json == result["task"]
    assert (results[1]["task"]["title"], results[1]["task"]["tags"], results[1]["task"]["version"]) == ("edited", [], 2)
    assert (results[3]["task"]["completed"], results[3]["task"]["version"]) == (True, 3)
    assert user.call("GET", f"tasks/{gone['id']}").status == 404
    fsck(dump())


def test_refused_operation_says_why_and_does_not_touch_the_others(user: Caller, stranger: Caller) -> None:
    task, theirs = user.create_task(), stranger.create_task()
    results = bulk(
        user,
        {"op": "update", "task_id": UNKNOWN_ID, "changes": {"title": "x"}},
        {"op": "update", "task_id": theirs["id"], "changes": {"title": "x"}},
        {"op": "update", "task_id": task["id"], "changes": {"title": "x"}, "if_match": '"v7"'},
        create("with a tag that is none", tag_ids=[UNKNOWN_ID]),
        {"op": "delete", "task_id": task["id"], "if_match": '"v2", "v3"'},
        create("good"),
    ).json["results"]
    assert [result["status"] for result in results] == [404, 404, 412, 404, 412, 201]
    codes = [result["problem"]["code"] for result in results[:5]]
    assert codes == ["task_not_found"] * 2 + ["precondition_failed", "tag_not_found", "precondition_failed"]
    assert results[0] == results[1]
    assert [result.get("etag") for result in results] == [None, None, '"v1"', None, '"v1"', None]
    alone = user.call("PUT", f"tasks/{UNKNOWN_ID}", {"title": "x"}).json
    assert results[0]["problem"] == {name: alone[name] for name in alone.keys() - {"instance", "request_id"}}
    assert titles(user) == ["a task", "good"]
    assert stranger.call("GET", f"tasks/{theirs['id']}").json == theirs


def test_later_operations_see_what_earlier_ones_did(user: Caller) -> None:
    task = user.create_task()
    change = {"op": "update", "task_id": task["id"]}
    results = bulk(
        user,
        {**change, "changes": {"title": "one"}, "if_match": '"v1"'},
        {**change, "changes": {"title": "two"}, "if_match": '"v2"'},
        {**change, "changes": {"title": "three"}, "if_match": '"v2"'},
        {"op": "delete", "task_id": task["id"], "if_match": "*"},
        {**change, "changes": {"title": "four"}},
    ).json["results"]
    assert [result["status"] for result in results] == [200, 200, 412, 204, 404]


def test_100_operations_are_carried_out_in_one_request(user: Caller, dump: Dump) -> None:
    long = {"description": "ä" * 1000}
    answer = bulk(user, *(create(f"task {number:03}", **long) for number in range(100)))
    assert [result["status"] for result in answer.json["results"]] == [201] * 100
    assert titles(user) == [f"task {number:03}" for number in range(100)]
    fsck(dump())


def test_dry_run_answers_what_would_be_done_and_writes_nothing(user: Caller, dump: Dump) -> None:
    tag, done = user.create_tag(), user.create_task(completed=True)
    task = user.create_task()
    operations: list[Json] = [
        create("new", tag_ids=[tag["id"]]),
        {"op": "update", "task_id": task["id"], "changes": {"title": "edited"}},
        {"op": "update", "task_id": task["id"], "changes": {"title": "edited"}, "if_match": '"v2"'},
        {"op": "complete", "task_id": done["id"], "completed": True},
        {"op": "complete", "task_id": task["id"]},
        {"op": "delete", "task_id": task["id"]},
        {"op": "delete", "task_id": UNKNOWN_ID},
        create("with a tag that is none", tag_ids=[UNKNOWN_ID]),
    ]
    before = dump()
    rehearsed = bulk(user, *operations, dry_run=True, headers=KEY)
    results = rehearsed.json["results"]
    assert [result["status"] for result in results] == [201, 200, 412, 200, 200, 204, 404, 404]
    assert (results[1]["task"]["title"], results[1]["task"]["version"]) == ("edited", 2)
    assert dump() == before
    assert '"event"' not in rehearsed.log
    assert [result["status"] for result in bulk(user, *operations[:2], headers=KEY).json["results"]] == [201, 200]


def test_bulk_sent_again_with_its_key_gets_the_same_results_and_has_1_effect(user: Caller, dump: Dump) -> None:
    task = user.create_task()
    operations: list[Json] = [
        create("one"),
        {"op": "complete", "task_id": task["id"]},
        {"op": "delete", "task_id": task["id"]},
    ]
    first = bulk(user, *operations, headers=KEY)
    before = uncounted(dump())
    again = bulk(user, *operations, headers=KEY)
    assert again.json == first.json
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"
    assert uncounted(dump()) == before


def test_key_of_another_bulk_is_refused_422_before_anything_is_done(user: Caller, dump: Dump) -> None:
    bulk(user, {"op": "delete", "task_id": UNKNOWN_ID}, create("one"), headers=KEY)
    before = uncounted(dump())
    assert_problem(bulk(user, create("two"), create("one"), headers=KEY), 422, "idempotency_key_reused")
    assert uncounted(dump()) == before


def test_operation_that_meets_a_lasting_fault_says_503_and_the_others_are_done(user: Caller, network: Network) -> None:
    network.plan = [PASS, *[error("ThrottlingException")] * 3]
    results = bulk(user, create("one"), create("two"), create("three")).json["results"]
    assert [result["status"] for result in results] == [201, 503, 201]
    assert titles(user) == ["one", "three"]


@pytest.mark.parametrize("key", [{}, KEY], ids=["without key", "with key"])
def test_bulk_makes_the_calls_of_its_operations_and_with_a_key_one_more(
    user: Caller, network: Network, key: dict[str, str]
) -> None:
    bulk(user, *[create("one")] * 3, headers=key)
    assert network.sent == (["TransactWriteItems"] * 4 if key else ["PutItem"] * 3)


def test_bulk_is_one_event_with_the_number_of_its_successes(user: Caller) -> None:
    answer = bulk(user, create("one"), create("two"), {"op": "delete", "task_id": UNKNOWN_ID})
    assert '"event":"tasks_changed"' in answer.log
    assert '"events":2' in answer.log


def test_body_of_more_than_1_mb_is_refused_413(user: Caller) -> None:
    assert_problem(user.call("POST", BULK, raw=" " * 2**20), 400, "malformed_json")
    answer = user.call("POST", BULK, raw=" " * (2**20 + 1))
    assert_problem(answer, 413, "content_too_large")
    assert "1,048,576" in answer.json["detail"]


def test_task_made_in_bulk_is_read_back_as_it_was_sent(user: Caller, dump: Dump) -> None:
    fields = {"description": "d", "completed": True, "priority": "low", "due_date": "2027-01-01T00:00:00+01:00"}
    (result,) = bulk(user, create(" stripped ", **fields)).json["results"]
    task = result["task"]
    assert (task["title"], task["completed"], task["due_date"]) == ("stripped", True, "2026-12-31T23:00:00.000000Z")
    (item,) = [item for item in map(wire.load, dump()) if item["sk"] == f"TASK#{task['id']}"]
    assert item["pk"] == f"USER#{user.id}"
