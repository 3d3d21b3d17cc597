"""The refresh token in a browser's cookie: given by the login that asks for it, exchanged and cleared without a script seeing it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.sessions import refresh_tokens
from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, Answer, Api, Caller

LOGIN, REFRESH, LOGOUT = "/api/auth/login", "/api/auth/refresh", "/api/auth/logout"
NAME = "__Secure-lambdo-refresh"
COOKIE = re.compile(rf"({NAME}=[A-Za-z0-9_-]{{91}}); Max-Age=(\d+); Path=/api/auth; Secure; HttpOnly; SameSite=Strict")
CLEARED = f"{NAME}=; Max-Age=0; Path=/api/auth; Secure; HttpOnly; SameSite=Strict"


def kept(answer: Answer) -> str:
    """Return the cookie as a browser sends it back."""
    (cookie,) = answer.cookies
    match = COOKIE.fullmatch(cookie)
    assert match, cookie
    return match[1]


@pytest.fixture
def login(api: Api, user: Caller) -> Answer:
    """A login that asks for the cookie."""
    answer = api.call("POST", LOGIN, {"email": user.email, "password": PASSWORD, "cookie": True})
    assert answer.status == 200
    return answer


def test_login_that_asks_gets_the_refresh_token_as_a_cookie_and_not_in_the_body(login: Answer) -> None:
    assert login.json.keys() == {"access_token", "token_type", "expires_in", "user"}
    token = kept(login).partition("=")[2]
    assert refresh_tokens.parse(token).user_id == login.json["user"]["id"]
    assert token not in login.text + login.log


@pytest.mark.parametrize("body", [{}, {"cookie": False}])
def test_login_that_does_not_ask_gets_no_cookie(api: Api, user: Caller, body: dict[str, Any]) -> None:
    answer = api.call("POST", LOGIN, {"email": user.email, "password": PASSWORD, **body})
    assert (answer.cookies, "refresh_token" in answer.json) == ([], True)


def test_form_of_a_login_gets_no_cookie_because_any_site_can_send_it(api: Api, user: Caller) -> None:
    raw = f"username={user.email}&password={PASSWORD.replace(' ', '+')}&cookie=true"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = api.call("POST", LOGIN, raw=raw, headers=headers)
    assert (answer.status, answer.cookies) == (200, [])


@pytest.mark.parametrize("cookie", [1, "true", None, []])
def test_wish_that_is_no_boolean_is_refused_422(api: Api, user: Caller, cookie: Any) -> None:
    body = {"email": user.email, "password": PASSWORD, "cookie": cookie}
    assert_problem(api.call("POST", LOGIN, body), 422, "invalid_fields")


def test_cookie_lasts_as_long_as_the_session(api: Api, user: Caller, clock: Callable[..., None]) -> None:
    answer = api.call("POST", LOGIN, {"email": user.email, "password": PASSWORD, "cookie": True})
    ages = []
    for _ in range(3):
        ages.append(int(answer.cookies[0].partition("Max-Age=")[2].partition(";")[0]))
        clock(days=10, seconds=-1)
        answer = api.call("POST", REFRESH, {}, cookies=[kept(answer)])
    assert ages == [2_592_000, 1_728_001, 864_002]


@pytest.mark.parametrize("body", [{}, {"refresh_token": None}])
def test_cookie_is_exchanged_for_the_next_one(api: Api, login: Answer, body: dict[str, Any]) -> None:
    answer = api.call("POST", REFRESH, body, cookies=["theme=dark", kept(login), "x"])
    assert answer.json.keys() == {"access_token", "token_type", "expires_in"}
    assert kept(answer) != kept(login)
    assert api.call("POST", REFRESH, {}, cookies=[kept(answer)]).status == 200


def test_lost_cookie_gets_the_same_successor_within_the_grace(api: Api, login: Answer) -> None:
    first, second = (api.call("POST", REFRESH, {}, cookies=[kept(login)]) for _ in range(2))
    assert kept(first) == kept(second)


def test_token_in_the_body_goes_before_the_cookie_and_gets_none(api: Api, user: Caller, login: Answer) -> None:
    answer = api.call("POST", REFRESH, {"refresh_token": user.refresh_token}, cookies=[kept(login)])
    assert refresh_tokens.parse(answer.json["refresh_token"]).generation == 1
    assert answer.cookies == []
    refused = api.call("POST", REFRESH, {"refresh_token": ""}, cookies=[kept(login)])
    assert_problem(refused, 401, "invalid_refresh_token")


@pytest.mark.parametrize("cookies", [[], ["theme=dark"], [NAME], [f"{NAME}="], [f"{NAME}=x"], [f"x{NAME}=x"], [""]])
def test_neither_token_nor_good_cookie_is_refused_401(api: Api, cookies: list[str]) -> None:
    assert_problem(api.call("POST", REFRESH, {}, cookies=cookies), 401, "invalid_refresh_token")


@pytest.mark.check("H06")
@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_form_of_another_site_can_send_is_refused_415_with_the_cookie(
    api: Api, login: Answer, path: str, media_type: str
) -> None:
    headers = {"content-type": media_type}
    refused = api.call("POST", path, raw="{}", headers=headers, cookies=[kept(login)])
    assert_problem(refused, 415, "unsupported_media_type")
    assert api.call("POST", REFRESH, {}, cookies=[kept(login)]).status == 200


def test_post_without_a_body_does_not_log_out_by_the_cookie(api: Api, login: Answer) -> None:
    assert_problem(api.call("POST", LOGOUT, cookies=[kept(login)]), 401, "invalid_token")
    assert api.call("POST", REFRESH, {}, cookies=[kept(login)]).status == 200


def test_logout_by_the_cookie_ends_the_session_and_clears_it(api: Api, login: Answer) -> None:
    answer = api.call("POST", LOGOUT, {}, cookies=[kept(login)])
    assert (answer.status, answer.cookies) == (204, [CLEARED])
    assert_problem(api.call("POST", REFRESH, {}, cookies=[kept(login)]), 401, "invalid_refresh_token")
    assert api.call("POST", LOGOUT, {}, cookies=[kept(login)]).status == 204


def test_logout_by_another_token_clears_the_cookie_too(api: Api, user: Caller, login: Answer) -> None:
    body = {"refresh_token": user.refresh_token}
    assert api.call("POST", LOGOUT, body, cookies=[kept(login)]).cookies == [CLEARED]
    assert api.call("POST", LOGOUT, body).cookies == []
    assert api.call("POST", LOGOUT, token=login.json["access_token"], cookies=[kept(login)]).cookies == [CLEARED]
    assert_problem(api.call("POST", REFRESH, {}, cookies=[kept(login)]), 401, "invalid_refresh_token")


@pytest.mark.check("T06")
def test_cookie_is_no_access_token(api: Api, login: Answer) -> None:
    assert api.call("GET", "/api/auth/me", cookies=[kept(login)]).status == 401
