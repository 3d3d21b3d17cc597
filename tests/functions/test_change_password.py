"""POST /api/auth/password."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Answer, Api, Caller, Json
from tools.in_process.network import CRASH, PASS, Crash, Fault, Network, error
from tools.in_process.table import uncounted

type Dump = Callable[[], list[dict[str, Any]]]

PATH = "/api/auth/password"
NEW = "another horse, another staple"


def change(user: Caller, current: str = PASSWORD, new: str = NEW, **options: Any) -> Answer:
    return user.call("POST", PATH, {"current_password": current, "new_password": new}, **options)


def log_in(user: Caller, password: str) -> Answer:
    return user.api.call("POST", "/api/auth/login", {"email": user.email, "password": password})


def refresh(user: Caller) -> Answer:
    return user.api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token})


@pytest.mark.check("P14")
def test_password_is_changed_other_sessions_end_and_this_one_goes_on(api: Api, user: Caller, dump: Dump) -> None:
    other = api.log_in(user.email)
    answer = change(user)
    assert (answer.status, answer.text) == (204, "")
    assert_problem(log_in(user, PASSWORD), 401, "invalid_credentials")
    assert_problem(refresh(other), 401, "invalid_refresh_token")
    assert refresh(user).status == 200
    assert refresh(api.log_in(user.email, NEW)).status == 200
    fsck(dump())


@pytest.mark.check("P14")
@pytest.mark.parametrize("current", ["", "wrong", PASSWORD + " ", PASSWORD.upper(), NEW, "x" * 10_000])
def test_wrong_current_password_is_refused_403_and_changes_nothing(user: Caller, dump: Dump, current: str) -> None:
    before = uncounted(dump())
    assert_problem(change(user, current), 403, "wrong_password")
    assert uncounted(dump()) == before


def test_current_password_may_stay_and_other_sessions_end_all_the_same(api: Api, user: Caller) -> None:
    other = api.log_in(user.email)
    assert change(user, new=PASSWORD).status == 204
    assert_problem(refresh(other), 401, "invalid_refresh_token")
    assert log_in(user, PASSWORD).status == 200


def test_composed_and_decomposed_unicode_are_the_same_password(user: Caller) -> None:
    assert change(user, new="Zoë's café is closed").status == 204
    assert log_in(user, "Zoe\u0308's cafe\u0301 is closed").status == 200
    assert change(user, "Zoe\u0308's cafe\u0301 is closed", PASSWORD).status == 204


@pytest.mark.check("P05")
@pytest.mark.parametrize("new", ["{email}", "{EMAIL}", "{name}"])
def test_the_address_as_new_password_is_refused_422_once_the_current_one_is_right(
    user: Caller, dump: Dump, new: str
) -> None:
    before = uncounted(dump())
    new = new.format(email=user.email, EMAIL=user.email.upper(), name=user.email.partition("@")[0])
    refused = change(user, new=new)
    assert_problem(refused, 422, "invalid_fields")
    assert refused.json["errors"][0]["loc"] == ["body", "new_password"]
    assert_problem(change(user, "wrong", new), 403, "wrong_password")
    assert uncounted(dump()) == before


@pytest.mark.check("P14")
def test_access_token_of_an_ended_session_changes_nothing(user: Caller, dump: Dump) -> None:
    user.api.call("POST", "/api/auth/logout", {"refresh_token": user.refresh_token})
    before = uncounted(dump())
    assert_problem(change(user), 401, "invalid_token")
    assert uncounted(dump()) == before


def test_deleted_account_is_answered_404(user: Caller) -> None:
    user.call("DELETE", "/api/auth/me", {"password": PASSWORD})
    assert_problem(change(user), 404, "user_not_found")


def test_account_whose_address_is_registered_anew_meanwhile_is_answered_404(
    api: Api, user: Caller, network: Network
) -> None:
    def replace() -> None:
        network.plan = []
        assert user.call("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
        body = {"email": user.email, "password": PASSWORD}
        assert api.call("POST", "/api/auth/register", body).status == 201

    network.plan = [PASS, PASS, replace]
    assert_problem(change(user), 404, "user_not_found")
    assert log_in(user, PASSWORD).status == 200


@pytest.mark.check("P14")
@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_of_two_changes_at_once_one_wins_and_the_others_current_password_is_wrong(
    user: Caller, network: Network, dump: Dump, step: int
) -> None:
    answers: list[Answer] = []
    network.plan = [*[PASS] * step, lambda: answers.append(change(user, new="the one that was faster"))]
    assert_problem(change(user), 403, "wrong_password")
    assert [answer.status for answer in answers] == [204]
    assert log_in(user, "the one that was faster").status == 200
    assert_problem(log_in(user, NEW), 401, "invalid_credentials")
    assert refresh(user).status == 200
    fsck(dump())


@pytest.mark.check("P14")
def test_login_with_the_old_password_that_is_written_after_the_change_has_ended(user: Caller, network: Network) -> None:
    network.plan = [PASS, PASS, lambda: change(user)]
    login = log_in(user, PASSWORD)
    assert login.status == 200
    refused = user.api.call("POST", "/api/auth/refresh", {"refresh_token": login.json["refresh_token"]})
    assert_problem(refused, 401, "invalid_refresh_token")


def test_rehash_at_login_neither_stops_a_change_nor_undoes_it(
    user: Caller, network: Network, setting: Callable[..., None]
) -> None:
    setting(PASSWORD_COST="5")
    network.plan = [*[PASS] * 3, lambda: log_in(user, PASSWORD)]
    assert change(user).status == 204
    assert_problem(log_in(user, PASSWORD), 401, "invalid_credentials")
    setting(PASSWORD_COST="6")
    network.plan = [*[PASS] * 3, lambda: change(user, NEW, PASSWORD)]
    assert log_in(user, NEW).status == 200
    assert log_in(user, PASSWORD).status == 200
    assert_problem(log_in(user, NEW), 401, "invalid_credentials")


def test_profile_changed_meanwhile_is_no_obstacle(user: Caller, network: Network, dump: Dump) -> None:
    network.plan = [*[PASS] * 3, lambda: user.call("PATCH", "/api/auth/me", {"name": "Ada"})]
    assert change(user).status == 204
    assert user.call("GET", "/api/auth/me").json["name"] == "Ada"
    fsck(dump())


@pytest.mark.check("P14")
@pytest.mark.parametrize("fault", [error("ThrottlingException"), CRASH])
def test_other_sessions_have_ended_also_where_the_function_dies_after_the_change(
    api: Api, user: Caller, network: Network, dump: Dump, fault: Fault
) -> None:
    other = api.log_in(user.email)
    network.plan = [*[PASS] * 4, *[fault] * 3]
    try:
        assert change(user).status == 204
    except Crash:
        assert fault is CRASH
    network.restart()
    assert_problem(refresh(other), 401, "invalid_refresh_token")
    assert_problem(log_in(user, PASSWORD), 401, "invalid_credentials")
    assert refresh(user).status == 200
    fsck(dump())


def test_account_that_others_change_4_times_first_is_answered_503(user: Caller, network: Network) -> None:
    def end_other_sessions() -> None:
        assert user.call("DELETE", "/api/auth/sessions").status == 204

    attempt: list[Fault] = [PASS, PASS, end_other_sessions, PASS, PASS, PASS]
    network.plan = [PASS, *attempt * 4]
    assert_problem(change(user), 503, "service_unavailable")
    network.plan = []
    assert log_in(user, PASSWORD).status == 200


def test_throttled_account_is_answered_429(user: Caller, setting: Callable[..., None]) -> None:
    setting(PASSWORD_CHECKS_PER_ACCOUNT="1")
    assert_problem(change(user, "wrong"), 403, "wrong_password")
    assert_problem(change(user), 429, "too_many_requests")


FIELDS: list[Json] = [
    {},
    {"current_password": PASSWORD},
    {"new_password": NEW},
    {"current_password": None, "new_password": NEW},
    {"current_password": PASSWORD, "new_password": None},
    {"current_password": PASSWORD, "new_password": "1234567"},
    {"current_password": PASSWORD, "new_password": "x" * 129},
    {"current_password": PASSWORD, "new_password": "password"},
    {"current_password": PASSWORD, "new_password": NEW, "user_id": "x"},
]


@pytest.mark.parametrize("body", FIELDS, ids=str)
def test_wrong_fields_are_refused_422(user: Caller, body: Json) -> None:
    assert_problem(user.call("POST", PATH, body), 422, "invalid_fields")


def test_passwords_are_logged_nowhere(user: Caller) -> None:
    for answer in (change(user, "not the right one"), change(user)):
        for password in ("not the right one", PASSWORD, NEW):
            assert password not in answer.log
