"""DELETE /api/auth/sessions."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo.sessions import service as sessions
from lambdo.table import calls as table
from lambdo.users import store as users
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Answer, Api, Caller
from tools.in_process.network import CRASH, PASS, Crash, Network, error

type Dump = Callable[[], list[dict[str, Any]]]

PATH = "/api/auth/sessions"
ME = "/api/auth/me"


def refresh(user: Caller) -> Answer:
    return user.api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token})


def sessions_of(user: Caller, dump: Dump) -> int:
    mine = [item["sk"]["S"] for item in dump() if item["pk"]["S"] == f"USER#{user.id}"]
    return sum(sk.startswith("SESSION#") for sk in mine)


@pytest.mark.check("T13")
def test_every_other_session_ends_and_the_current_one_goes_on(api: Api, user: Caller, dump: Dump) -> None:
    others = [api.log_in(user.email) for _ in range(3)]
    answer = user.call("DELETE", PATH)
    assert (answer.status, answer.text, answer.cookies) == (204, "", [])
    for other in others:
        assert_problem(refresh(other), 401, "invalid_refresh_token")
    assert [one["current"] for one in user.call("GET", PATH).json["items"]] == [True]
    assert sessions_of(user, dump) == 1
    assert refresh(user).status == 200
    assert refresh(api.log_in(user.email)).status == 200
    fsck(dump())


def test_include_current_ends_every_session_and_clears_the_cookie(api: Api, user: Caller, dump: Dump) -> None:
    other = api.log_in(user.email)
    answer = user.call("DELETE", PATH, query="include=current")
    assert answer.status == 204
    (cookie,) = answer.cookies
    assert cookie.startswith("__Secure-lambdo-refresh=; Max-Age=0; ")
    for one in (user, other):
        assert_problem(refresh(one), 401, "invalid_refresh_token")
    assert sessions_of(user, dump) == 0
    assert refresh(api.log_in(user.email)).status == 200


def test_each_of_two_sessions_can_end_the_other_in_turn(api: Api, user: Caller) -> None:
    user.call("DELETE", PATH)
    second = api.log_in(user.email)
    assert second.call("DELETE", PATH).status == 204
    assert_problem(refresh(user), 401, "invalid_refresh_token")
    assert refresh(second).status == 200


def test_access_token_of_an_ended_session_ends_no_other(api: Api, user: Caller, dump: Dump) -> None:
    ended = api.log_in(user.email)
    ended.call("POST", "/api/auth/logout", {"refresh_token": ended.refresh_token})
    before = dump()
    assert_problem(ended.call("DELETE", PATH), 401, "invalid_token")
    assert dump() == before


def test_expired_session_ends_no_other(api: Api, user: Caller, clock: Callable[..., None]) -> None:
    verdict = api.authorize(f"Bearer {user.access_token}")
    clock(days=30, seconds=1)
    assert_problem(api.call("DELETE", PATH, verdict=verdict), 401, "invalid_token")


@pytest.mark.check("A01")
def test_strangers_sessions_go_on(user: Caller, stranger: Caller) -> None:
    assert user.call("DELETE", PATH, query="include=current").status == 204
    assert refresh(stranger).status == 200


def test_of_two_at_once_one_wins_and_the_other_is_told_that_its_session_has_ended(
    api: Api, user: Caller, network: Network, dump: Dump
) -> None:
    other, answers = api.log_in(user.email), []
    network.plan = [PASS, lambda: answers.append(other.call("DELETE", PATH))]
    assert_problem(user.call("DELETE", PATH), 401, "invalid_token")
    assert [answer.status for answer in answers] == [204]
    assert refresh(other).status == 200
    fsck(dump())


def test_account_whose_sessions_others_end_4_times_first_is_answered_503(user: Caller, network: Network) -> None:
    def end_first() -> None:
        account = users.get_account(user.id)
        assert account is not None
        table.transact(users.end_sessions(account))

    network.plan = [PASS, end_first, PASS, PASS] * 4
    assert_problem(user.call("DELETE", PATH, query="include=current"), 503, "service_unavailable")
    assert network.sent.count("TransactWriteItems") == 8


def test_deleted_account_is_answered_404(user: Caller) -> None:
    user.call("DELETE", ME, {"password": PASSWORD})
    assert_problem(user.call("DELETE", PATH), 404, "user_not_found")
    assert_problem(user.call("GET", PATH), 404, "user_not_found")


@pytest.mark.parametrize("fault", [error("ThrottlingException"), CRASH])
def test_sessions_have_ended_also_where_their_items_stay(
    api: Api, user: Caller, network: Network, dump: Dump, fault: Any
) -> None:
    other = api.log_in(user.email)
    network.plan = [PASS, PASS, *[fault] * 3]
    try:
        assert user.call("DELETE", PATH).status == 204
    except Crash:
        assert fault is CRASH
    network.restart()
    assert sessions_of(user, dump) == 2
    assert_problem(refresh(other), 401, "invalid_refresh_token")
    assert [one["current"] for one in user.call("GET", PATH).json["items"]] == [True]
    assert refresh(user).status == 200
    fsck(dump())


def test_sweep_stops_when_its_time_is_over(api: Api, user: Caller, dump: Dump, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        api.log_in(user.email)
    monkeypatch.setattr(sessions, "_PIECE", 1)
    monkeypatch.setattr(sessions, "_SWEEP_SECONDS", -1)
    assert user.call("DELETE", PATH).status == 204
    monkeypatch.undo()
    assert sessions_of(user, dump) == 3


@pytest.mark.parametrize("query", ["include=", "include=all", "include=current&include=current", "current=true", "x"])
def test_unknown_parameters_and_values_are_refused_422_and_end_nothing(user: Caller, dump: Dump, query: str) -> None:
    before = dump()
    assert_problem(user.call("DELETE", PATH, query=query), 422, "invalid_fields")
    assert dump() == before
