"""What each operation may cost, with few and with many tasks of the user: the design's table, by AWS's rules.

The units are those of tools/measure/capacity.py; its write units are compared with the embedded back end's own in passing.
Beyond the design's table: 0008 (changes of what stands in an index read first) and 0010 (tags are resolved when read).
"""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base.metering import meter
from lambdo.sessions import refresh_tokens
from tools.in_process.api import PASSWORD, Api, Caller, Json
from tools.in_process.mail_tokens import issue
from tools.measure.bill import ITEM, Bill, Cost, load
from tools.measure.capacity import item_size

DUE = {"due_date": "2026-12-24"}
MANY = 5_000  # three times what one query reads, 1 MB


@pytest.fixture(scope="module", params=[20, MANY], ids="{} tasks".format)
def user(api: Api, _empty_table: None, request: pytest.FixtureRequest) -> Caller:
    """Somebody with that many tasks."""
    user = api.sign_up()
    load(user.id, request.param)
    return user


@pytest.fixture(scope="module")
def tags(user: Caller) -> list[str]:
    """Ids of three tags."""
    return [user.create_tag()["id"] for _ in range(3)]


def test_task_of_the_design_has_610_bytes(user: Caller, bill: Bill) -> None:
    assert item_size(bill.item(bill.create_sized(user))) == ITEM


def test_get_is_1_read_unit(user: Caller, bill: Bill) -> None:
    task = bill.create_sized(user)
    assert bill.call(user, "GET", f"tasks/{task['id']}") == Cost(1, 1, 0)


def test_get_with_3_tags_is_another_call_of_3_read_units(user: Caller, bill: Bill, tags: list[str]) -> None:
    task = bill.create_sized(user, tag_ids=tags)
    assert bill.call(user, "GET", f"tasks/{task['id']}") == Cost(2, 1 + 3, 0)


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4), ({"completed": True}, 3), ({"priority": "high"}, 3)])
def test_create_is_1_call_of_3_write_units_or_4_with_a_due_date(
    user: Caller, bill: Bill, fields: Json, units: int
) -> None:
    assert bill.call(user, "POST", "tasks", {"title": "x", "description": "x" * 300, **fields}) == Cost(1, 0, units)


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
@pytest.mark.parametrize("count", [1, 3])
def test_create_with_tags_is_1_transaction_and_1_read_of_the_tags(
    user: Caller, bill: Bill, tags: list[str], count: int, fields: Json, units: int
) -> None:
    cost = bill.call(user, "POST", "tasks", {"title": "x", "tag_ids": tags[:count], **fields})
    assert cost == Cost(2, count, 2 * units + 4 * count)
    assert sorted(bill.recorder.calls) == ["BatchGetItem", "TransactWriteItems"]


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
def test_create_with_an_idempotency_key_is_1_transaction_with_2_units_for_the_record(
    user: Caller, bill: Bill, fields: Json, units: int
) -> None:
    body, key = {"title": "x", "description": "x" * 300, **fields}, {"Idempotency-Key": str(uuid.uuid4())}
    assert bill.call(user, "POST", "tasks", body, headers=key) == Cost(1, 0, 2 * units + 2)


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
def test_edit_with_an_idempotency_key_is_a_read_and_a_transaction(
    user: Caller, bill: Bill, fields: Json, units: int
) -> None:
    task, key = bill.create_sized(user, **fields), {"Idempotency-Key": str(uuid.uuid4())}
    assert bill.call(user, "PATCH", f"tasks/{task['id']}", {"title": "y"}, headers=key) == Cost(2, 1, 2 * units + 2)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("change", [{"title": "y"}, {"description": "y"}, {"description": None}], ids=str)
@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
def test_edit_of_title_or_description_is_1_call_of_at_most_4_write_units(
    user: Caller, bill: Bill, method: str, change: Json, fields: Json, units: int
) -> None:
    task = bill.create_sized(user, **fields)
    assert bill.call(user, method, f"tasks/{task['id']}", change) == Cost(1, 0, units)


@pytest.mark.parametrize("body", [None, {"completed": True}])
@pytest.mark.parametrize(("fields", "units"), [({}, 5), (DUE, 7)])
def test_complete_and_reopen_are_a_read_and_a_write_of_5_units_or_7_with_a_due_date(
    user: Caller, bill: Bill, body: Any, fields: Json, units: int
) -> None:
    task = bill.create_sized(user, **fields)
    assert bill.call(user, "PATCH", f"tasks/{task['id']}/complete", body) == Cost(2, 1, units)
    body = {"completed": False} if body else None
    assert bill.call(user, "PATCH", f"tasks/{task['id']}/complete", body) == Cost(2, 1, units)


@pytest.mark.parametrize(("change", "fields", "units"), [
    ({"priority": "high"}, {}, 4),
    ({"priority": "high"}, DUE, 5),
    ({"due_date": "2027-01-01"}, {}, 4),
    ({"due_date": "2027-01-01"}, DUE, 5),
    ({"due_date": None}, DUE, 4),
    ({"completed": True, "priority": "low", "due_date": "2027-01-01"}, DUE, 7),
], ids=str)  # fmt: skip
def test_change_of_an_ordered_field_is_a_read_and_a_write(
    user: Caller, bill: Bill, change: Json, fields: Json, units: int
) -> None:
    task = bill.create_sized(user, **fields)
    assert bill.call(user, "PUT", f"tasks/{task['id']}", change) == Cost(2, 1, units)


@pytest.mark.parametrize("body", [{}, {"completed": False}, {"priority": "medium"}, {"tag_ids": []}])
def test_change_that_changes_nothing_is_1_read(user: Caller, bill: Bill, body: Json) -> None:
    task = user.create_task()
    assert bill.call(user, "PATCH", f"tasks/{task['id']}", body) == Cost(1, 1, 0)


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
@pytest.mark.parametrize("count", [0, 3])
def test_delete_is_a_read_and_a_transaction_of_twice_the_item_the_trash_and_the_tags(
    user: Caller, bill: Bill, tags: list[str], count: int, fields: Json, units: int
) -> None:
    task = bill.create_sized(user, tag_ids=tags[:count], **fields)
    assert bill.call(user, "DELETE", f"tasks/{task['id']}") == Cost(2, 1, 2 * (units + 2 + count))


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
@pytest.mark.parametrize("count", [0, 3])
def test_restore_is_a_read_and_a_transaction_of_twice_the_trash_the_item_and_the_tags(
    user: Caller, bill: Bill, tags: list[str], count: int, fields: Json, units: int
) -> None:
    task = bill.create_sized(user, tag_ids=tags[:count], **fields)
    user.call("DELETE", f"tasks/{task['id']}")
    reads = Cost(2 + (count > 0), 1 + count, 0)
    cost = bill.call(user, "POST", f"tasks/trash/{task['id']}/restore")
    assert cost == reads._replace(write=2 * (2 + units + 2 * count))


def test_page_of_the_trash_is_1_query_and_emptying_it_2_write_units_a_task(user: Caller, bill: Bill) -> None:
    tasks = [bill.create_sized(user) for _ in range(20)]
    user.call("DELETE", "tasks/trash")
    for task in tasks:
        user.call("DELETE", f"tasks/{task['id']}")
    assert bill.call(user, "GET", "tasks/trash") == Cost(1, 4, 0)
    assert bill.call(user, "DELETE", "tasks/trash") == Cost(2, 4, 20 * 2)
    assert bill.call(user, "DELETE", "tasks/trash") == Cost(1, 1, 0)


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
def test_link_and_unlink_are_a_read_and_a_transaction(
    user: Caller, bill: Bill, tags: list[str], fields: Json, units: int
) -> None:
    path = f"tasks/{bill.create_sized(user, **fields)['id']}/tags/{tags[0]}"
    assert bill.call(user, "PUT", path) == Cost(3, 1 + 1, 2 * units + 2 + 2)
    assert bill.call(user, "PUT", path).write == 0
    assert bill.call(user, "DELETE", path) == Cost(2, 1, 2 * units + 2)
    assert bill.call(user, "DELETE", path) == Cost(1, 1, 0)


def test_tags_are_created_renamed_and_deleted_in_1_transaction_each_and_recoloured_without(
    user: Caller, bill: Bill
) -> None:
    assert bill.call(user, "POST", "tags", {"name": "one", "color": "#336699"}) == Cost(1, 0, 6)
    tag = next(one for one in user.call("GET", "tags").json["items"] if one["name"] == "one")
    path = f"tags/{tag['id']}"
    assert bill.call(user, "GET", path) == Cost(1, 1, 0)
    assert bill.call(user, "PATCH", path, {"color": "#000000"}) == Cost(2, 1, 1)
    assert bill.call(user, "PATCH", path, {"name": "two"}) == Cost(2, 1, 6)
    assert bill.call(user, "DELETE", path) == Cost(2, 1, 6)


def test_all_tags_are_1_query(user: Caller, bill: Bill, tags: list[str]) -> None:
    assert bill.call(user, "GET", "tags") == Cost(1, 1, 0)


def test_refused_id_costs_nothing(user: Caller, bill: Bill) -> None:
    for path in ("tasks/nonsense", "tags/nonsense"):
        user.call("GET", path)
    assert bill.recorder.calls == []


def test_log_line_has_the_units_that_dynamodb_reports(user: Caller, bill: Bill) -> None:
    answer = user.call("POST", "tasks", {"title": "x"})
    assert json.loads(answer.log)["capacity_units"] == meter.units == bill.recorder.write == 3


@pytest.mark.parametrize(("mail", "units"), [("off", 4), ("on", 6)])
def test_register_is_a_count_of_1_and_a_transaction_of_4_write_units_or_6_with_a_mail(
    api: Api, user: Caller, bill: Bill, setting: Callable[..., None], mail: str, units: int
) -> None:
    setting(MAIL=mail)
    email = f"capacity-{mail}-{user.id}@example.com"
    answer = api.call("POST", "/api/auth/register", {"email": email, "password": PASSWORD})
    assert bill.of(answer) == Cost(2, 0, 1 + units)


def test_asking_for_a_mail_is_1_write_and_1_or_2_counts(api: Api, user: Caller, bill: Bill) -> None:
    assert bill.call(user, "POST", "/api/auth/email/resend") == Cost(2, 0, 2)
    assert bill.call(user, "POST", "/api/auth/password/forgot", {"email": user.email}) == Cost(3, 0, 3)


def test_confirming_an_address_is_2_reads_and_4_write_units(api: Api, bill: Bill) -> None:
    user = api.sign_up()
    body = {"token": issue(user, "verify_email")}
    assert bill.call(user, "POST", "/api/auth/email/verify", body) == Cost(3, 2, 4)


def test_resetting_a_password_is_2_reads_and_4_write_units(api: Api, bill: Bill) -> None:
    user = api.sign_up()
    body = {"token": issue(user, "reset_password"), "password": "not so common"}
    assert bill.call(user, "POST", "/api/auth/password/reset", body) == Cost(3, 2, 4)


def test_log_in_is_3_reads_and_1_write(user: Caller, bill: Bill) -> None:
    answer = user.api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD})
    assert bill.of(answer) == Cost(4, 3, 1)


def test_failed_log_in_is_2_reads_and_1_write_and_a_throttled_one_1_read(
    user: Caller, bill: Bill, setting: Callable[..., None]
) -> None:
    setting(LOG_IN_FAILURES_PER_ACCOUNT="1")
    body = {"email": user.email, "password": "wrong"}
    for status, calls in ((401, ["GetItem", "GetItem", "UpdateItem"]), (429, ["GetItem"])):
        bill.recorder.reset()
        answer = user.api.call("POST", "/api/auth/login", body, source_ip="198.51.100.1")
        assert (answer.status, bill.recorder.calls) == (status, calls)
        assert (bill.recorder.read, bill.recorder.write) == (calls.count("GetItem"), calls.count("UpdateItem"))


def test_refresh_is_1_read_and_1_write_and_log_out_1_write(api: Api, user: Caller, bill: Bill) -> None:
    login = api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}).json
    bill.recorder.reset()
    refreshed = api.call("POST", "/api/auth/refresh", {"refresh_token": login["refresh_token"]})
    assert bill.of(refreshed) == Cost(2, 1, 1)
    assert bill.call(user, "POST", "/api/auth/logout", {"refresh_token": refreshed.json["refresh_token"]}) == Cost(
        1, 0, 1
    )


def test_sessions_are_listed_in_2_reads_and_1_is_ended_in_1_write(api: Api, user: Caller, bill: Bill) -> None:
    lost = refresh_tokens.parse(api.log_in(user.email).refresh_token).session_id
    bill.recorder.reset()
    assert bill.call(user, "GET", "/api/auth/sessions") == Cost(2, 2, 0)
    assert bill.call(user, "DELETE", f"/api/auth/sessions/{lost}") == Cost(1, 0, 1)


def test_ending_20_other_sessions_is_6_write_units_and_1_for_each_that_is_swept(api: Api, bill: Bill) -> None:
    me = api.sign_up()
    for _ in range(20):
        api.log_in(me.email)
    assert bill.call(me, "DELETE", "/api/auth/sessions") == Cost(4, 3, 6 + 20)
    assert bill.call(me, "DELETE", "/api/auth/sessions") == Cost(3, 2, 6)


def test_change_of_the_password_is_a_count_of_1_2_reads_and_a_transaction_of_6_write_units(
    api: Api, bill: Bill
) -> None:
    me = api.sign_up()
    body = {"current_password": PASSWORD, "new_password": f"{PASSWORD}!"}
    assert bill.call(me, "POST", "/api/auth/password", body) == Cost(5, 3, 1 + 6)


@pytest.mark.parametrize("path", ["/api/auth/me", "/api/health"])
def test_me_and_health_are_1_read(user: Caller, bill: Bill, path: str) -> None:
    assert bill.call(user, "GET", path) == Cost(1, 1, 0)


def test_change_of_ones_name_is_a_read_and_a_transaction_of_4_write_units(user: Caller, bill: Bill) -> None:
    assert bill.call(user, "PATCH", "/api/auth/me", {"name": f"name {user.id}"}) == Cost(2, 1, 4)
    assert bill.call(user, "PATCH", "/api/auth/me", {"name": f"name {user.id}"}) == Cost(1, 1, 0)
