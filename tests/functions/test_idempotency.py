"""Idempotency-Key on every write: one effect and one answer, however often and however badly timed it is sent."""

import _hashlib
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambdo.table import wire
from tests.endpoints import ENDPOINTS
from tests.endpoints.accounts import NEW_PASSWORD
from tests.support.at_once import at_once
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tests.support.routes import among, each
from tools.in_process.api import PASSWORD, UNKNOWN_ID, Answer, Api, Caller, Json
from tools.in_process.endpoints import Endpoint, Request
from tools.in_process.network import LOST, Network, cancelled
from tools.in_process.table import Dump, uncounted
from tools.in_process.world import World

KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}
REPLAYED = "idempotent-replayed"
WRITES = [endpoint for endpoint in ENDPOINTS if endpoint.takes_key]
# Another good body for the same route.
OTHER_BODIES: dict[str, Json] = {
    "POST /api/auth/login": {"email": "{email}", "password": PASSWORD, "cookie": True},
    "PATCH /api/auth/me": {"name": "Alan"},
    "DELETE /api/auth/me": {"password": "another good passphrase"},
    "POST /api/auth/password": {"current_password": PASSWORD, "new_password": "and a third good passphrase"},
    "POST /api/auth/password/reset": {"token": "{reset_password}", "password": "not so common either"},
    "POST /api/auth/register": {"email": "new.{email}", "password": PASSWORD, "name": "Ada"},
    "POST /api/{user_id}/tags": {"name": "newer"},
    "PUT /api/{user_id}/tags/{tag_id}": {"name": "newer"},
    "PATCH /api/{user_id}/tags/{tag_id}": {"color": "#0000ff"},
    "POST /api/{user_id}/tasks": {"title": "newer"},
    "POST /api/{user_id}/tasks/bulk": {"operations": [{"op": "delete", "task_id": "{plain}"}]},
    "PUT /api/{user_id}/tasks/{task_id}": {"title": "newer"},
    "PATCH /api/{user_id}/tasks/{task_id}": {"priority": "low"},
    "PATCH /api/{user_id}/tasks/{task_id}/complete": {"completed": False},
}

each_write = among(WRITES)


def keyed(endpoint: Endpoint, key: str = "8e03978e-40d5-43e8-bc93-6894a57f9324", **changes: Any) -> Request:
    """Return an endpoint's good request with a key."""
    good = endpoint.sending
    return replace(good, headers={**good.headers, "Idempotency-Key": key}, **changes)


def told(answer: Answer) -> tuple[int, Json, dict[str, str | None]]:
    """Return what an answer says, but for what is made anew each time."""
    body = {name: value for name, value in (answer.json if answer.text else {}).items() if name != "access_token"}
    return answer.status, body, {name: answer.headers.get(name) for name in ("etag", "location")}


def records(items: list[Json]) -> list[Json]:
    return [item for item in map(wire.load, items) if item["sk"].startswith("IDEMPOTENCY#")]


@each_write
def test_write_sent_again_with_its_key_gets_the_first_answer_and_has_1_effect(
    world: World, dump: Dump, endpoint: Endpoint
) -> None:
    first = world.send(keyed(endpoint))
    assert first.status < 300, first.text
    assert REPLAYED not in first.headers
    before = uncounted(dump())
    again = world.send(keyed(endpoint))
    assert told(again) == told(first)
    assert again.headers[REPLAYED] == "true"
    assert uncounted(dump()) == before
    fsck(before)


@each(lambda endpoint: endpoint.idempotent)
def test_write_that_is_idempotent_by_itself_gets_the_same_answer_and_keeps_no_record(
    world: World, dump: Dump, endpoint: Endpoint
) -> None:
    first, count = world.send(keyed(endpoint)), len(records(dump()))
    assert first.status < 300
    assert told(world.send(keyed(endpoint))) == told(first)
    assert len(records(dump())) == count


@each_write
def test_refused_key_changes_nothing(world: World, dump: Dump, endpoint: Endpoint) -> None:
    before = uncounted(dump())
    answer = world.send(keyed(endpoint, ""))
    assert_problem(answer, 400, "malformed_header")
    assert uncounted(dump()) == before


@pytest.mark.parametrize("route", OTHER_BODIES)
def test_key_of_another_body_is_refused_422_and_nothing_changes(world: World, dump: Dump, route: str) -> None:
    (endpoint,) = (one for one in WRITES if str(one) == route)
    assert world.send(keyed(endpoint)).status < 300
    before = uncounted(dump())
    answer = world.send(keyed(endpoint, body=OTHER_BODIES[route]))
    assert_problem(answer, 422, "idempotency_key_reused")
    assert answer.json["errors"][0]["loc"] == ["header", "idempotency-key"]
    assert uncounted(dump()) == before


def test_key_of_another_item_is_refused_422(user: Caller) -> None:
    first, second = user.create_tag()["id"], user.create_tag()["id"]
    assert user.call("DELETE", f"tags/{first}", headers=KEY).status == 204
    assert_problem(user.call("DELETE", f"tags/{second}", headers=KEY), 422, "idempotency_key_reused")
    assert user.call("GET", f"tags/{second}").status == 200


def test_key_is_of_one_user_and_one_route(user: Caller, stranger: Caller) -> None:
    answers = [
        user.call("POST", "tasks", {"title": "one"}, headers=KEY),
        stranger.call("POST", "tasks", {"title": "two"}, headers=KEY),
        user.call("POST", "tags", {"name": "three"}, headers=KEY),
    ]
    assert [answer.status for answer in answers] == [201] * 3
    assert not [answer for answer in answers if REPLAYED in answer.headers]


def test_key_of_another_address_registers_another_account(api: Api, user: Caller) -> None:
    for name in ("first", "second"):
        body = {"email": f"{name}.{user.email}", "password": PASSWORD}
        assert api.call("POST", "/api/auth/register", body, headers=KEY).status == 201


@pytest.mark.parametrize("key", ["", '"', '""', '"a', 'a"b', "a b", "é", "x" * 256, f'"{"x" * 256}"', '"\\x"', "\x7f"])
def test_key_that_is_no_string_of_printable_ascii_is_refused_400(user: Caller, key: str) -> None:
    answer = user.call("POST", "tasks", {"title": "x"}, headers={"Idempotency-Key": key})
    assert_problem(answer, 400, "malformed_header")
    assert user.call("GET", "tasks").json["items"] == []


@pytest.mark.parametrize("key", ["x", "x" * 255, "a,b", "!#$%&'*+-.^_`|~", "a\\b"])
def test_key_is_the_same_with_and_without_quotes(user: Caller, key: str) -> None:
    quoted = key.replace("\\", "\\\\")
    first = user.call("POST", "tasks", {"title": "x"}, headers={"Idempotency-Key": f'"{quoted}"'})
    again = user.call("POST", "tasks", {"title": "x"}, headers={"Idempotency-Key": quoted})
    assert (first.status, again.json) == (201, first.json)


def test_key_is_forgotten_after_24_hours(user: Caller, clock: Callable[..., None], dump: Dump) -> None:
    verdict = user.api.authorize(f"Bearer {user.access_token}")
    verdict["exp"] += 100_000
    first = user.call("POST", "tasks", {"title": "x"}, headers=KEY, verdict=verdict)
    clock(hours=23, minutes=59)
    assert user.call("POST", "tasks", {"title": "x"}, headers=KEY, verdict=verdict).json == first.json
    clock(minutes=2)
    second = user.call("POST", "tasks", {"title": "x"}, headers=KEY, verdict=verdict)
    assert second.status == 201
    assert second.json["id"] != first.json["id"]
    assert user.call("POST", "tasks", {"title": "x"}, headers=KEY, verdict=verdict).json == second.json
    fsck(dump())


def test_toggle_sent_again_with_its_key_flips_once(user: Caller) -> None:
    task = user.create_task()
    flips = [user.call("PATCH", f"tasks/{task['id']}/complete", headers=KEY).json for _ in range(3)]
    assert flips == [flips[0]] * 3
    assert user.call("GET", f"tasks/{task['id']}").json == flips[0]
    assert (flips[0]["completed"], flips[0]["version"]) == (True, 2)


def test_answer_is_that_of_then_even_where_the_item_has_changed_or_gone_since(user: Caller) -> None:
    first = user.call("POST", "tags", {"name": "then"}, headers=KEY)
    user.call("PATCH", f"tags/{first.json['id']}", {"name": "now"})
    assert user.call("POST", "tags", {"name": "then"}, headers=KEY).json == first.json
    user.call("DELETE", f"tags/{first.json['id']}")
    assert user.call("POST", "tags", {"name": "then"}, headers=KEY).json == first.json
    assert user.call("GET", "tags").json["items"] == []


def test_success_without_a_change_is_kept_as_well(user: Caller) -> None:
    path = f"tasks/{user.create_task(completed=True)['id']}/complete"
    first = user.call("PATCH", path, {"completed": True}, headers=KEY)
    reopened = user.call("PATCH", path, {"completed": False}).json
    assert user.call("PATCH", path, {"completed": True}, headers=KEY).json == first.json
    assert user.call("GET", f"tasks/{first.json['id']}").json == reopened


def test_refusal_is_not_kept_and_the_key_can_be_sent_again(user: Caller, dump: Dump) -> None:
    standing = user.create_tag(name="taken")
    assert_problem(user.call("POST", "tags", {"name": "taken"}, headers=KEY), 409, "tag_already_exists")
    assert records(dump()) == [] or user.id not in str(records(dump()))
    user.call("DELETE", f"tags/{standing['id']}")
    again = user.call("POST", "tags", {"name": "taken"}, headers=KEY)
    assert again.status == 201
    assert REPLAYED not in again.headers


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "tasks", {"title": "x", "tag_ids": [UNKNOWN_ID]}, 404, "tag_not_found"),
        ("PUT", f"tasks/{UNKNOWN_ID}", {"title": "x"}, 404, "task_not_found"),
        ("PATCH", f"tasks/{UNKNOWN_ID}/complete", None, 404, "task_not_found"),
        ("PUT", f"tasks/{UNKNOWN_ID}/tags/{UNKNOWN_ID}", None, 404, "task_not_found"),
        ("DELETE", f"tags/{UNKNOWN_ID}", None, 404, "tag_not_found"),
        ("DELETE", f"/api/auth/sessions/{UNKNOWN_ID}", None, 404, "session_not_found"),
        ("DELETE", "/api/auth/me", {"password": "wrong password"}, 403, "wrong_password"),
    ],
)
def test_refusal_is_the_same_with_a_key(
    user: Caller, method: str, path: str, body: Any, status: int, code: str
) -> None:
    for _ in range(2):
        assert_problem(user.call(method, path, body, headers=KEY), status, code)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/auth/password/forgot", {"email": "{email}"}), ("/api/auth/email/resend", None)],
)
def test_request_that_would_now_be_throttled_still_gets_its_first_answer(
    user: Caller, setting: Callable[..., None], path: str, body: Json | None
) -> None:
    setting(MAILS_PER_ACCOUNT="1")
    body = {"email": user.email} if body else None
    first, again = (user.call("POST", path, body, headers=KEY) for _ in range(2))
    assert (first.status, again.status) == (202, 202)
    assert_problem(user.call("POST", path, body), 429, "too_many_requests")


def test_answer_that_is_lost_comes_again(user: Caller, network: Network, dump: Dump) -> None:
    network.plan = [LOST] * 3
    assert_problem(user.call("POST", "tasks", {"title": "x"}, headers=KEY), 503, "service_unavailable")
    again = user.call("POST", "tasks", {"title": "x"}, headers=KEY)
    assert again.headers[REPLAYED] == "true"
    assert [task["id"] for task in user.call("GET", "tasks").json["items"]] == [again.json["id"]]
    fsck(dump())


def test_record_is_sent_in_the_effects_own_transaction_and_costs_no_call_more(user: Caller, network: Network) -> None:
    task, tag = user.create_task(), user.create_tag()
    requests: list[tuple[str, str, Json | None, list[str]]] = [
        ("POST", "tasks", {"title": "x"}, ["TransactWriteItems"]),
        ("POST", "tags", {"name": "x"}, ["TransactWriteItems"]),
        ("PATCH", f"tasks/{task['id']}", {"title": "x"}, ["GetItem", "TransactWriteItems"]),
        ("PATCH", f"tasks/{task['id']}/complete", None, ["GetItem", "TransactWriteItems"]),
        ("PATCH", f"tags/{tag['id']}", {"color": "#00ff00"}, ["GetItem", "TransactWriteItems"]),
        ("DELETE", f"tags/{tag['id']}", None, ["GetItem", "TransactWriteItems"]),
    ]
    for number, (method, path, body, calls) in enumerate(requests):
        network.sent.clear()
        assert user.call(method, path, body, headers={"Idempotency-Key": str(number)}).status < 300
        assert network.sent == calls


def test_request_in_flight_is_answered_409_and_then_by_its_answer(user: Caller, network: Network) -> None:
    network.plan = [cancelled("None", "TransactionConflict")] * 4
    answer = user.call("POST", "tasks", {"title": "x"}, headers=KEY)
    assert_problem(answer, 409, "idempotency_key_in_use")
    assert user.call("POST", "tasks", {"title": "x"}, headers=KEY).status == 201


def test_conflict_about_the_task_itself_is_answered_503(user: Caller, network: Network) -> None:
    network.plan = [cancelled("TransactionConflict", "None")] * 4
    assert_problem(user.call("POST", "tasks", {"title": "x"}, headers=KEY), 503, "service_unavailable")


@each_write
def test_request_overtaken_by_its_own_repetition_gets_that_ones_answer(
    world: World, network: Network, dump: Dump, endpoint: Endpoint
) -> None:
    """The second runs whole just before the first's write."""
    answers: list[Answer] = []

    def overtake() -> None:
        if network.sent[-1] == "TransactWriteItems" and network.plan:
            network.plan = []
            answers.append(world.send(keyed(endpoint)))

    network.plan = [overtake] * 10
    answers.append(world.send(keyed(endpoint)))
    assert len(answers) == 2
    assert told(answers[0]) == told(answers[1])
    assert answers[1].headers[REPLAYED] == "true"
    fsck(dump())


def test_20_at_once_with_one_key_have_1_effect(user: Caller, dump: Dump) -> None:
    answers = at_once(20, lambda _: user.call("POST", "tasks", {"title": "x"}, headers=KEY))
    assert {answer.status for answer in answers} <= {201, 409, 503}
    assert sum(REPLAYED not in answer.headers for answer in answers if answer.status == 201) == 1
    (made,) = user.call("GET", "tasks").json["items"]
    assert all(answer.json == made for answer in answers if answer.status == 201)
    fsck(dump())


@each_write
def test_record_holds_neither_passwords_nor_tokens(world: World, dump: Dump, endpoint: Endpoint) -> None:
    answer = world.send(keyed(endpoint))
    tokens = [value for name, value in (answer.json if answer.text else {}).items() if "_token" in name]
    kept = records(dump())
    assert kept
    assert not [secret for secret in (PASSWORD, NEW_PASSWORD, *tokens) if secret in str(kept)]


def test_fingerprint_of_a_password_is_salted_and_slow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[tuple[bytes, int, int]] = []

    def noted(password: bytes, *, salt: bytes, n: int, r: int, p: int, **rest: Any) -> bytes:
        costs.append((salt, n * r * 128, p))
        return _hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, **rest)

    monkeypatch.setattr(hashlib, "scrypt", noted)
    with_password = [one for one in WRITES if any("password" in name for name in one.sending.body or ())]
    assert with_password
    for endpoint in with_password:
        costs.clear()
        world.restore()
        world.send(keyed(endpoint, f"key of {endpoint.path}".replace(" ", "_")))
        assert costs == [(f"key_of_{endpoint.path}".encode(), 16 * 2**20, 5)], endpoint


def test_account_that_is_deleted_takes_its_records_along_but_for_those_that_say_nothing(
    user: Caller, dump: Dump
) -> None:
    user.call("POST", "tasks", {"title": "personal"}, headers=KEY)
    assert "personal" in str(dump())
    assert user.call("DELETE", "/api/auth/me", {"password": PASSWORD}, headers=KEY).status == 202
    rest = [item for item in map(wire.load, dump()) if user.id in item["pk"]]
    assert [item.keys() for item in rest if item["sk"] != "PROFILE"] == [{"pk", "sk", "fingerprint", "expires_at"}]
    fsck(dump())
