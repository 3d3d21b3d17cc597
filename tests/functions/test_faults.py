"""DynamoDB failing under an endpoint: retried in time, then 503 and nothing changed; an own write is recognised."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo import refresh_tokens
from lambdo.models.mail import LIFETIMES
from tests.caller import PASSWORD, Api, Caller, Json, assert_problem
from tests.fsck import fsck, uncounted
from tests.mailbox import issue
from tests.network import CONNECT_TIMEOUT, LOST, PASS, READ_TIMEOUT, UNREACHABLE, Fault, Network, cancelled, error

TRANSIENT: dict[str, Fault] = {
    "throttled": error("ProvisionedThroughputExceededException"),
    "throttling": error("ThrottlingException"),
    "internal": error("InternalServerError", 500),
    "bare 503": error("", 503),
    "read timeout": READ_TIMEOUT,
    "connect timeout": CONNECT_TIMEOUT,
    "unreachable": UNREACHABLE,
}
# method, path, body, DynamoDB operations when all is well
CALLS: list[tuple[str, str, Any, list[str]]] = [
    (
        "POST",
        "/api/auth/register",
        {"email": "faults@example.com", "password": PASSWORD},
        ["UpdateItem", "TransactWriteItems"],
    ),
    (
        "POST",
        "/api/auth/login",
        {"email": "{email}", "password": PASSWORD},
        ["GetItem", "GetItem", "GetItem", "PutItem"],
    ),
    ("POST", "/api/auth/refresh", {"refresh_token": "{refresh_token}"}, ["GetItem", "UpdateItem"]),
    ("POST", "/api/auth/logout", {"refresh_token": "{refresh_token}"}, ["DeleteItem"]),
    ("POST", "/api/auth/logout", None, ["DeleteItem"]),
    ("GET", "/api/auth/me", None, ["GetItem"]),
    ("GET", "/api/health", None, ["GetItem"]),
    ("POST", "tasks", {"title": "x"}, ["PutItem"]),
    ("GET", "tasks?status=done", None, ["Query"]),
    ("GET", "tasks", None, ["Query", "BatchGetItem"]),
    ("GET", "tasks/{id}", None, ["GetItem"]),
    ("PUT", "tasks/{id}", {"title": "new"}, ["UpdateItem"]),
    ("PATCH", "tasks/{id}", {"priority": "high"}, ["GetItem", "UpdateItem"]),
    ("PATCH", "tasks/{id}/complete", None, ["GetItem", "UpdateItem"]),
    ("DELETE", "tasks/{id}", None, ["GetItem", "TransactWriteItems"]),
    ("POST", "tasks", {"title": "x", "tag_ids": ["{tag}"]}, ["BatchGetItem", "TransactWriteItems"]),
    ("GET", "tasks/{tagged}", None, ["GetItem", "BatchGetItem"]),
    ("GET", "tasks?tag={tag}", None, ["Query", "BatchGetItem"]),
    ("PATCH", "tasks/{tagged}", {"tag_ids": []}, ["GetItem", "TransactWriteItems"]),
    ("PATCH", "tasks/{id}", {"tag_ids": ["{tag}"]}, ["GetItem", "BatchGetItem", "TransactWriteItems"]),
    ("PATCH", "tasks/{tagged}/complete", None, ["GetItem", "BatchGetItem", "UpdateItem"]),
    ("DELETE", "tasks/{tagged}", None, ["GetItem", "TransactWriteItems"]),
    ("PUT", "tasks/{id}/tags/{tag}", None, ["GetItem", "BatchGetItem", "TransactWriteItems"]),
    ("DELETE", "tasks/{tagged}/tags/{tag}", None, ["GetItem", "TransactWriteItems"]),
    ("GET", "tags", None, ["Query"]),
    ("POST", "tags", {"name": "new"}, ["TransactWriteItems"]),
    ("GET", "tags/{tag}", None, ["GetItem"]),
    ("PUT", "tags/{tag}", {"name": "new"}, ["GetItem", "TransactWriteItems"]),
    ("PATCH", "tags/{tag}", {"color": "#00ff00"}, ["GetItem", "UpdateItem"]),
    ("DELETE", "tags/{tag}", None, ["GetItem", "TransactWriteItems"]),
    ("PATCH", "/api/auth/me", {"name": "new"}, ["GetItem", "TransactWriteItems"]),
    ("GET", "/api/auth/sessions", None, ["GetItem", "Query"]),
    ("DELETE", "/api/auth/sessions/{session}", None, ["DeleteItem"]),
    ("POST", "/api/auth/email/resend", None, ["UpdateItem", "PutItem"]),
    ("POST", "/api/auth/email/verify", {"token": "{verify_email}"}, ["GetItem", "GetItem", "TransactWriteItems"]),
    ("POST", "/api/auth/password/forgot", {"email": "{email}"}, ["UpdateItem", "UpdateItem", "PutItem"]),
    (
        "POST",
        "/api/auth/password/reset",
        {"token": "{reset_password}", "password": "not so common"},
        ["GetItem", "GetItem", "TransactWriteItems"],
    ),
]
FAULTY = [(*call[:3], step) for call in CALLS for step in range(len(call[3]))]
# the writes of one call, and what the SDK sends again when an answer is lost
WRITES = [call for call in CALLS if call[3][-1] not in {"GetItem", "BatchGetItem", "Query"}]
# how many items each transaction makes
MADE = {
    ("POST", "tasks"): 2, ("PATCH", "tasks/{tagged}"): -1, ("PATCH", "tasks/{id}"): 1, ("DELETE", "tasks/{id}"): 0,
    ("DELETE", "tasks/{tagged}"): -1,
    ("PUT", "tasks/{id}/tags/{tag}"): 1, ("DELETE", "tasks/{tagged}/tags/{tag}"): -1, ("POST", "tags"): 2,
    ("PUT", "tags/{tag}"): 0, ("DELETE", "tags/{tag}"): -1, ("PATCH", "/api/auth/me"): 0,
    ("POST", "/api/auth/email/verify"): 0, ("POST", "/api/auth/password/reset"): 0,
}  # fmt: skip

# What the SDK repeats, or what it and then we repeat.
SENT_AGAIN: dict[str, list[Fault]] = {
    "by the SDK": [LOST],
    "by the SDK, and here": [LOST, error("TransactionConflictException")],
    "by the SDK twice, and here": [READ_TIMEOUT, LOST, cancelled("TransactionConflict")],
}

type Dump = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def task(user: Caller) -> Json:
    """A task without tags, knowing the id of a tag and of a task that has it."""
    task, tag = user.create_task(), user.create_tag()
    session_id = refresh_tokens.parse(user.refresh_token).session_id
    tokens = {f"{{{purpose}}}": issue(user, purpose) for purpose in LIFETIMES}
    tagged = user.create_task(tag_ids=[tag["id"]])["id"]
    return {**task, **tokens, "session": session_id, "tag": tag["id"], "tagged": tagged}


def send(user: Caller, task: Json, method: str, path: str, body: Any, **options: Any) -> Any:
    values = {**task, "{email}": user.email, "{refresh_token}": user.refresh_token}
    body = {name: values.get(str(value), value) for name, value in body.items()} if body else body
    if body and body.get("tag_ids"):
        body["tag_ids"] = [task["tag"]]
    path, _, query = path.format(**task).partition("?")
    return user.call(method, path, body, query=query, **options)


@pytest.mark.parametrize(("method", "path", "body", "operations"), CALLS, ids=str)
def test_endpoint_makes_these_calls_and_no_other(
    user: Caller, task: Json, network: Network, method: str, path: str, body: Any, operations: list[str]
) -> None:
    send(user, task, method, path, body)
    assert network.sent == operations


@pytest.mark.check("I08")
@pytest.mark.parametrize("fault", ["throttled", "unreachable"])
@pytest.mark.parametrize(("method", "path", "body", "step"), FAULTY, ids=str)
def test_lasting_fault_is_answered_503_after_3_attempts_and_nothing_changes(
    user: Caller, task: Json, network: Network, dump: Dump, method: str, path: str, body: Any, step: int, fault: str
) -> None:
    before = uncounted(dump())
    network.sent.clear()
    network.plan = [*[PASS] * step, *[TRANSIENT[fault]] * 3]
    assert_problem(send(user, task, method, path, body), 503, "service_unavailable")
    assert len(network.sent) == step + 3
    assert uncounted(dump()) == before


@pytest.mark.parametrize(("method", "path", "body", "step"), FAULTY, ids=str)
def test_passing_fault_is_not_noticed(
    user: Caller, task: Json, network: Network, dump: Dump, method: str, path: str, body: Any, step: int
) -> None:
    if path.endswith("register"):
        body = {**body, "email": f"passing{step}@example.com"}
    network.plan = [*[PASS] * step, TRANSIENT["throttled"], TRANSIENT["read timeout"]]
    assert send(user, task, method, path, body).status < 300
    network.plan.clear()
    fsck(dump())


@pytest.mark.parametrize("fault", SENT_AGAIN)
@pytest.mark.parametrize(
    ("method", "path", "body", "operations"), [call for call in WRITES if "register" not in call[1]], ids=str
)
def test_write_that_is_applied_and_sent_again_counts_once(
    user: Caller, task: Json, network: Network, dump: Dump, method: str, path: str, body: Any, operations: list[str],
    fault: str,
) -> None:  # fmt: skip
    count = len(uncounted(dump()))
    faults = SENT_AGAIN[fault]
    network.plan = [*[PASS] * (len(operations) - 1), *faults]
    network.sent.clear()
    answer = send(user, task, method, path, body)
    assert answer.status in {200, 201, 202, 204}
    assert network.sent == [*operations, *operations[-1:] * len(faults)]
    singles = {"PutItem": 0 if path.endswith("resend") else 1, "UpdateItem": 0, "DeleteItem": -1}
    added = singles[operations[-1]] if operations[-1] in singles else MADE[method, path]
    items = dump()
    assert len(uncounted(items)) == count + added
    fsck(items)
    if operations[-1] == "UpdateItem" and "tasks" in path:
        assert answer.json["version"] == 2
        assert user.call("GET", f"tasks/{answer.json['id']}").json == answer.json
    if path.endswith("refresh"):
        again = user.api.call("POST", path, {"refresh_token": answer.json["refresh_token"]})
        assert again.status == 200


def test_toggle_sent_again_flips_once(user: Caller, task: Json, network: Network) -> None:
    network.plan = [PASS, LOST, LOST]
    assert user.call("PATCH", f"tasks/{task['id']}/complete").json["completed"] is True
    assert user.call("GET", f"tasks/{task['id']}").json["version"] == 2


@pytest.mark.parametrize("fault", [LOST, error("ThrottlingException")], ids=["lost", "throttled"])
def test_toggle_that_may_have_been_applied_is_not_applied_again_over_anothers_change_but_answered_503(
    user: Caller, task: Json, network: Network, fault: Fault
) -> None:
    other = {"title": "of another device"}
    network.plan = [PASS, fault, lambda: user.call("PUT", f"tasks/{task['id']}", other)]
    answer = user.call("PATCH", f"tasks/{task['id']}/complete")
    assert_problem(answer, 503, "service_unavailable")
    now = user.call("GET", f"tasks/{task['id']}").json
    assert (now["title"], now["completed"]) == ("of another device", fault == LOST)


def test_setting_that_may_have_been_applied_is_applied_over_anothers_change(
    user: Caller, task: Json, network: Network
) -> None:
    other = {"title": "of another device"}
    network.plan = [PASS, LOST, lambda: user.call("PUT", f"tasks/{task['id']}", other)]
    answer = user.call("PATCH", f"tasks/{task['id']}/complete", {"completed": True})
    assert (answer.status, answer.json["completed"], answer.json["version"]) == (200, True, 3)


def test_created_task_that_another_device_changes_before_it_is_sent_again_is_answered_201_and_keeps_the_change(
    user: Caller, network: Network, dump: Dump
) -> None:
    def change() -> None:
        (created,) = user.call("GET", "tasks").json["items"]
        assert user.call("PUT", f"tasks/{created['id']}", {"title": "of another device"}).status == 200

    network.plan = [LOST, change]
    answer = user.call("POST", "tasks", {"title": "new"})
    assert (answer.status, answer.json["title"]) == (201, "new")
    (now,) = user.call("GET", "tasks").json["items"]
    assert (now["id"], now["title"], now["version"]) == (answer.json["id"], "of another device", 2)
    fsck(dump())


@pytest.mark.parametrize("faults", SENT_AGAIN.values(), ids=SENT_AGAIN)
def test_keyed_write_that_is_applied_and_sent_again_has_1_effect_and_1_record(
    user: Caller, network: Network, dump: Dump, faults: list[Fault]
) -> None:
    network.plan = list(faults)
    key = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
    first = user.call("POST", "tasks", {"title": "new"}, headers=key)
    assert network.sent == ["TransactWriteItems"] * (len(faults) + 1)
    again = user.call("POST", "tasks", {"title": "new"}, headers=key)
    assert (first.status, again.status, first.json) == (201, 201, again.json)
    assert [task["id"] for task in user.call("GET", "tasks").json["items"]] == [first.json["id"]]
    fsck(dump())


@pytest.mark.parametrize("changes", [{"color": "#00ff00"}, {"name": "new"}, {"name": "new", "color": None}], ids=str)
def test_change_of_a_tag_sent_again_under_if_match_is_answered_200_and_counts_once(
    user: Caller, task: Json, network: Network, dump: Dump, changes: Json
) -> None:
    network.plan = [PASS, LOST]
    answer = send(user, task, "PATCH", "tags/{tag}", changes, headers={"If-Match": '"v1"'})
    assert (answer.status, answer.json["version"]) == (200, 2)
    assert user.call("GET", f"tags/{task['tag']}").json == answer.json
    fsck(dump())


@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_kind_of_lasting_fault_is_answered_503(user: Caller, network: Network, fault: str) -> None:
    network.plan = [TRANSIENT[fault]] * 3
    assert_problem(user.call("GET", "tasks"), 503, "service_unavailable")
    assert len(network.sent) == 3


@pytest.mark.parametrize(("method", "path", "body", "operations"), WRITES, ids=str)
def test_write_that_would_take_more_than_a_user_may_have_is_refused_409_and_nothing_changes(
    user: Caller, task: Json, network: Network, dump: Dump, method: str, path: str, body: Any, operations: list[str]
) -> None:
    single = operations[-1] != "TransactWriteItems"
    full = "ItemCollectionSizeLimitExceededException" if single else "ItemCollectionSizeLimitExceeded"
    before = uncounted(dump())
    network.plan = [*[PASS] * (len(operations) - 1), error(full) if single else cancelled("None", full)]
    assert_problem(send(user, task, method, path, body), 409, "storage_full")
    assert network.slept == []
    assert uncounted(dump()) == before


@pytest.mark.check("H08")
def test_unknown_error_is_a_500_that_does_not_name_it(user: Caller, network: Network) -> None:
    network.plan = [error("AccessDeniedException")]
    answer = user.call("GET", "tasks")
    assert_problem(answer, 500, "internal_error")
    assert "AccessDenied" not in answer.text
    assert "AccessDenied" in answer.log


@pytest.mark.parametrize("fault", SENT_AGAIN)
def test_registration_that_is_applied_and_sent_again_makes_1_account(
    api: Api, network: Network, dump: Dump, fault: str
) -> None:
    network.plan = [PASS, *SENT_AGAIN[fault]]
    body = {"email": f"{fault.replace(' ', '.').replace(',', '')}@example.com", "password": PASSWORD}
    assert api.call("POST", "/api/auth/register", body).status == 201
    assert network.sent == ["UpdateItem", *["TransactWriteItems"] * (len(SENT_AGAIN[fault]) + 1)]
    assert api.call("POST", "/api/auth/login", body).status == 200
    fsck(dump())


@pytest.mark.parametrize("path", ["/api/auth/me", "tasks/{id}"])
def test_answer_lost_three_times_is_answered_503_to_a_read(
    user: Caller, task: Json, network: Network, path: str
) -> None:
    network.plan = [LOST] * 3
    assert_problem(send(user, task, "GET", path, None), 503, "service_unavailable")


def test_conditional_write_that_never_answers_is_503_and_its_retry_is_safe(
    user: Caller, task: Json, network: Network
) -> None:
    network.plan = [LOST] * 3
    assert_problem(user.call("PUT", f"tasks/{task['id']}", {"title": "new"}), 503, "service_unavailable")
    again = user.call("PUT", f"tasks/{task['id']}", {"title": "new"}, headers={"If-Match": '"v1"'})
    assert_problem(again, 412, "precondition_failed")
    assert user.call("PUT", f"tasks/{task['id']}", {"title": "new"}).status == 200


def test_refresh_that_never_answers_is_503_and_the_old_token_gets_the_successor(
    api: Api, user: Caller, network: Network
) -> None:
    network.plan = [LOST] * 3
    body = {"refresh_token": user.refresh_token}
    assert_problem(api.call("POST", "/api/auth/refresh", body), 503, "service_unavailable")
    first, second = (api.call("POST", "/api/auth/refresh", body).json["refresh_token"] for _ in range(2))
    assert first == second
    assert api.call("POST", "/api/auth/refresh", {"refresh_token": first}).status == 200


CONFLICT: dict[str, list[Fault]] = {
    "register": [cancelled("TransactionConflict", "None"), cancelled("None", "TransactionConflict")],
    "other": [error("TransactionConflictException")],
}


@pytest.mark.parametrize(("method", "path", "body", "operations"), WRITES, ids=str)
@pytest.mark.parametrize(("conflicts", "succeeds"), [(1, True), (3, True), (4, False)])
def test_transaction_conflict_is_tried_3_times_more_with_jitter(
    user: Caller, task: Json, network: Network, dump: Dump, method: str, path: str, body: Any, operations: list[str],
    conflicts: int, succeeds: bool,
) -> None:  # fmt: skip
    faults = CONFLICT["register" if path.endswith("register") else "other"]
    if path.endswith("register"):
        body = {**body, "email": f"conflict{conflicts}@example.com"}
    before = uncounted(dump())
    network.plan = [*[PASS] * (len(operations) - 1), *(faults * conflicts)[:conflicts]]
    network.slept.clear()
    answer = send(user, task, method, path, body)
    assert len(network.slept) == min(conflicts, 3)
    assert all(0.02 <= pause <= 0.1 for pause in network.slept)
    assert len(set(network.slept)) == len(network.slept)
    if succeeds:
        assert answer.status < 300
    else:
        assert_problem(answer, 503, "service_unavailable")
        assert uncounted(dump()) == before


@pytest.mark.check("I08")
def test_signing_keys_out_of_reach_are_answered_503_until_they_are_back(
    api: Api, user: Caller, setting: Callable[..., None], ssm: Network
) -> None:
    setting()  # forgets the keys that this process has read
    ssm.plan = [UNREACHABLE] * 3
    body = {"email": user.email, "password": PASSWORD}
    assert_problem(api.call("POST", "/api/auth/login", body), 503, "service_unavailable")
    assert api.call("POST", "/api/auth/login", body).status == 200
    assert ssm.sent == ["GetParameter"] * 4
