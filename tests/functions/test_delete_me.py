"""DELETE /api/auth/me."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base import times
from lambdo.users import passwords
from lambdo.users import store as users
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Api, Caller, Json
from tools.in_process.network import PASS, Network, error
from tools.in_process.stream import Stream, deliver, record
from tools.in_process.table import uncounted

type Dump = Callable[[], list[dict[str, Any]]]

PATH = "/api/auth/me"


def own(user: Caller, dump: Dump) -> list[Json]:
    """Return what the table has of the user."""
    return [item for item in dump() if user.id in str(item) or user.email in str(item)]


@pytest.fixture
def full(user: Caller) -> Caller:
    """A user with something of everything."""
    tag = user.create_tag()
    user.create_task(tag_ids=[tag["id"]], due_date="2026-12-24")
    user.create_task(completed=True)
    user.call("DELETE", f"tasks/{user.create_task(tag_ids=[tag['id']])['id']}")
    gone = user.create_tag()
    user.create_task(tag_ids=[gone["id"], tag["id"]])
    user.call("DELETE", f"tags/{gone['id']}")
    user.call("PATCH", PATH, {"name": "Somebody"})
    user.api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD})
    return user


def test_account_is_answered_202_and_leaves_nothing_but_a_mark_without_personal_data(
    full: Caller, stranger: Caller, dump: Dump, clock: Callable[..., None], stream: Stream
) -> None:
    others = [item for item in uncounted(dump()) if item not in own(full, dump)]
    answer = full.call("DELETE", PATH, {"password": PASSWORD})
    assert (answer.status, answer.text) == (202, "")
    (mark,) = own(full, dump)
    assert mark.keys() == {"pk", "sk", "deleted_at", "expires_at"}
    assert (mark["pk"]["S"], mark["sk"]["S"]) == (f"USER#{full.id}", "PROFILE")
    clock(hours=1)
    assert int(mark["expires_at"]["N"]) == times.unix()
    assert [item for item in uncounted(dump()) if item != mark] == others
    stream.drain()
    fsck(dump())
    assert own(full, dump) == [mark]


@pytest.mark.check("T14")
def test_every_token_is_dead_at_once(api: Api, full: Caller) -> None:
    second = api.call("POST", "/api/auth/login", {"email": full.email, "password": PASSWORD}).json
    assert full.call("DELETE", PATH, {"password": PASSWORD}).status == 202
    for token in (full.refresh_token, second["refresh_token"]):
        refused = api.call("POST", "/api/auth/refresh", {"refresh_token": token})
        assert_problem(refused, 401, "invalid_refresh_token")
    refused = api.call("POST", "/api/auth/login", {"email": full.email, "password": PASSWORD})
    assert_problem(refused, 401, "invalid_credentials")


@pytest.mark.check("T07", "T14")
def test_access_token_reaches_nothing(full: Caller) -> None:
    tag, task = full.call("GET", "tags").json["items"][0], full.call("GET", "tasks").json["items"][0]
    full.call("DELETE", PATH, {"password": PASSWORD})
    assert full.call("GET", "tasks").json == {"items": [], "next_cursor": None}
    assert full.call("GET", "tasks/trash").json == {"items": [], "next_cursor": None}
    assert full.call("GET", "tags").json == {"items": []}
    assert_problem(full.call("GET", PATH), 404, "user_not_found")
    assert_problem(full.call("PATCH", PATH, {"name": "x"}), 404, "user_not_found")
    assert_problem(full.call("DELETE", PATH, {"password": PASSWORD}), 404, "user_not_found")
    assert_problem(full.call("GET", "tasks", query="overdue=true"), 404, "user_not_found")
    assert_problem(full.call("GET", f"tasks/{task['id']}"), 404, "task_not_found")
    assert_problem(full.call("PUT", f"tasks/{task['id']}", {"title": "x"}), 404, "task_not_found")
    assert_problem(full.call("GET", f"tags/{tag['id']}"), 404, "tag_not_found")
    assert_problem(full.call("POST", "tags", {"name": "x"}), 404, "user_not_found")
    assert full.call("POST", "/api/auth/logout", {"refresh_token": full.refresh_token}).status == 204


def test_address_can_be_registered_again_at_once_and_is_another_account(
    api: Api, full: Caller, dump: Dump, stream: Stream
) -> None:
    full.call("DELETE", PATH, {"password": PASSWORD})
    again = api.call("POST", "/api/auth/register", {"email": full.email, "password": "another password"})
    assert again.status == 201
    assert again.json["id"] != full.id
    assert again.json["name"] is None
    login = api.call("POST", "/api/auth/login", {"email": full.email, "password": "another password"}).json
    new = Caller(api, full.email, login)
    assert new.call("GET", "tasks").json["items"] == []
    task = new.create_task(tag_ids=[new.create_tag()["id"]])
    stream.drain()
    assert new.call("GET", f"tasks/{task['id']}").json == task
    assert_problem(full.call("GET", PATH), 404, "user_not_found")
    fsck(dump())


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " ", PASSWORD.upper(), "x" * 10_000])
def test_wrong_password_is_refused_403_and_nothing_changes(full: Caller, dump: Dump, password: str) -> None:
    before = uncounted(dump())
    assert_problem(full.call("DELETE", PATH, {"password": password}), 403, "wrong_password")
    assert uncounted(dump()) == before
    assert full.call("GET", PATH).status == 200


def test_anothers_password_is_refused_403(api: Api, user: Caller) -> None:
    body = {"email": "own.password@example.com", "password": "a password of its own"}
    api.call("POST", "/api/auth/register", body)
    owner = Caller(api, body["email"], api.call("POST", "/api/auth/login", body).json)
    assert_problem(owner.call("DELETE", PATH, {"password": PASSWORD}), 403, "wrong_password")
    assert owner.call("DELETE", PATH, {"password": body["password"]}).status == 202


def test_change_of_the_profile_between_the_reads_and_the_deletion_is_seen(full: Caller, network: Network) -> None:
    network.plan = [*[PASS] * 3, lambda: full.call("PATCH", PATH, {"name": "Changed meanwhile"})]
    refused = full.call("DELETE", PATH, {"password": PASSWORD}, headers={"If-Match": '"v2"'})
    assert_problem(refused, 412, "precondition_failed")
    network.plan = [*[PASS] * 3, lambda: full.call("PATCH", PATH, {"name": "Changed again"})]
    assert full.call("DELETE", PATH, {"password": PASSWORD}).status == 202


def test_password_is_logged_nowhere(full: Caller) -> None:
    for password in ("wrong password of mine", PASSWORD):
        assert password not in full.call("DELETE", PATH, {"password": password}).log


def test_sessions_are_dead_though_there_is_no_time_to_sweep(
    api: Api, full: Caller, dump: Dump, monkeypatch: pytest.MonkeyPatch, stream: Stream
) -> None:
    monkeypatch.setattr("functions.delete_me.app.SWEEP_SECONDS", -1)
    assert full.call("DELETE", PATH, {"password": PASSWORD}).status == 202
    monkeypatch.undo()
    refused = api.call("POST", "/api/auth/refresh", {"refresh_token": full.refresh_token})
    assert_problem(refused, 401, "invalid_refresh_token")
    fsck(dump())
    stream.drain()
    assert len(own(full, dump)) == 1


def test_sweep_that_fails_is_answered_202_and_finished_by_the_stream(
    full: Caller, dump: Dump, network: Network, stream: Stream
) -> None:
    calls = 4  # throttle, profile, credential, transaction
    network.plan = [*[PASS] * calls, *[error("ThrottlingException")] * 3]
    assert full.call("DELETE", PATH, {"password": PASSWORD}).status == 202
    assert network.sent[calls:] == ["Query"] * 3
    fsck(dump())
    stream.drain()
    assert len(own(full, dump)) == 1


def test_what_a_late_access_token_wrote_is_swept_when_the_mark_expires(
    full: Caller, dump: Dump, stream: Stream
) -> None:
    full.call("DELETE", PATH, {"password": PASSWORD})
    (mark,) = own(full, dump)
    assert full.call("POST", "tasks", {"title": "too late"}).status == 201
    fsck(dump())
    table_items = dump()
    assert len(own(full, dump)) == 2
    from lambdo.table import calls as table
    from lambdo.table import keys, writes

    table.delete(writes.delete(keys.user(full.id), keys.PROFILE))  # as TTL does
    assert deliver(record(mark, "REMOVE")) == []
    assert own(full, dump) == []
    assert len(dump()) == len(table_items) - 2
    fsck(dump())


@pytest.mark.parametrize(("etags", "status"), [('"v2"', 202), ("*", 202), ('"v1"', 412), ('W/"v2"', 412)])
def test_if_match_is_obeyed(full: Caller, dump: Dump, etags: str, status: int) -> None:
    before = uncounted(dump())
    answer = full.call("DELETE", PATH, {"password": PASSWORD}, headers={"If-Match": etags})
    assert answer.status == status
    if status == 412:
        assert_problem(answer, 412, "precondition_failed")
        assert answer.headers["etag"] == '"v2"'
        assert uncounted(dump()) == before


def test_password_that_is_changed_meanwhile_is_refused_403(user: Caller, dump: Dump, network: Network) -> None:
    def change() -> None:
        credential = users.get_credential(user.email)
        assert credential is not None
        users.update_password_hash(user.email, credential["password_hash"], passwords.hash_password("changed"))

    network.plan = [*[PASS] * 3, change]
    assert_problem(user.call("DELETE", PATH, {"password": PASSWORD}), 403, "wrong_password")
    fsck(dump())
