"""POST /api/auth/logout."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo.sessions import refresh_tokens
from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, UNKNOWN_ID, Answer, Api, Caller

PATH = "/api/auth/logout"


def log_out(api: Api, token: str) -> Answer:
    return api.call("POST", PATH, {"refresh_token": token})


def refresh(api: Api, token: str) -> Answer:
    return api.call("POST", "/api/auth/refresh", {"refresh_token": token})


@pytest.mark.check("T13")
def test_live_refresh_token_is_answered_204_and_refused_from_then_on(api: Api, user: Caller) -> None:
    answer = log_out(api, user.refresh_token)
    assert (answer.status, answer.text) == (204, "")
    assert_problem(refresh(api, user.refresh_token), 401, "invalid_refresh_token")
    assert log_out(api, user.refresh_token).status == 204


def test_replaced_refresh_token_ends_the_session_too(api: Api, user: Caller) -> None:
    live = refresh(api, user.refresh_token).json["refresh_token"]
    assert log_out(api, user.refresh_token).status == 204
    assert_problem(refresh(api, live), 401, "invalid_refresh_token")


def test_bearer_token_alone_ends_its_session(api: Api, user: Caller) -> None:
    assert user.call("POST", PATH).status == 204
    assert_problem(refresh(api, user.refresh_token), 401, "invalid_refresh_token")
    assert user.call("POST", PATH).status == 204


def test_log_out_ends_one_session_and_no_other(api: Api, user: Caller) -> None:
    other = api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}).json
    log_out(api, user.refresh_token)
    assert refresh(api, other["refresh_token"]).status == 200


@pytest.mark.check("T13")
def test_access_token_is_good_for_its_stated_life(api: Api, user: Caller) -> None:
    log_out(api, user.refresh_token)
    assert user.call("GET", "/api/auth/me").status == 200


@pytest.mark.parametrize("token", ["", "nonsense", "A" * 91, "\0", "é" * 91, "_" * 91, "A" * 60_000])
def test_unknown_refresh_token_is_answered_204_and_ends_nothing(
    api: Api, user: Caller, dump: Callable[[], list[dict[str, Any]]], token: str
) -> None:
    before = dump()
    assert log_out(api, token).status == 204
    assert user.call("POST", PATH, {"refresh_token": token}).status == 204
    assert dump() == before


def test_token_replaced_twice_ends_nothing(api: Api, user: Caller) -> None:
    live = refresh(api, refresh(api, user.refresh_token).json["refresh_token"]).json["refresh_token"]
    assert log_out(api, user.refresh_token).status == 204
    assert refresh(api, live).status == 200


def test_stranger_with_the_session_id_ends_nothing(api: Api, user: Caller, stranger: Caller) -> None:
    mine, theirs = refresh_tokens.parse(user.refresh_token), refresh_tokens.parse(stranger.refresh_token)
    assert log_out(api, str(theirs._replace(user_id=mine.user_id, session_id=mine.session_id))).status == 204
    assert refresh(api, user.refresh_token).status == 200


@pytest.mark.parametrize("body", [None, {}, {"refresh_token": None}])
@pytest.mark.parametrize("authorization", [None, "Bearer x", "Basic dTpw", "Bearer"])
def test_neither_token_is_refused_401(api: Api, body: Any, authorization: str | None) -> None:
    headers = {"authorization": authorization} if authorization else {}
    assert_problem(api.call("POST", PATH, body, headers=headers), 401, "invalid_token")


@pytest.mark.parametrize("body", [{"refresh_token": 1}, {"refresh_token": "x", "all": True}, [], "token"])
def test_wrong_fields_are_refused_422(api: Api, body: Any) -> None:
    assert_problem(api.call("POST", PATH, body), 422, "invalid_fields")


def test_body_in_another_media_type_is_refused_415(api: Api) -> None:
    answer = api.call("POST", PATH, {"refresh_token": UNKNOWN_ID}, headers={"content-type": "text/plain"})
    assert_problem(answer, 415, "unsupported_media_type")
