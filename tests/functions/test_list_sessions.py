"""GET /api/auth/sessions."""

from collections.abc import Callable

import pytest

from lambdo.sessions import access_tokens, refresh_tokens
from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, Api, Caller, Json

PATH = "/api/auth/sessions"


def listed(user: Caller) -> list[Json]:
    answer = user.call("GET", PATH)
    assert answer.status == 200, answer.text
    items: list[Json] = answer.json["items"]
    return items


def test_session_is_shown_with_its_device_and_times(api: Api, user: Caller, clock: Callable[..., None]) -> None:
    me = api.log_in(user.email, headers={"User-Agent": "Firefox 145"})  # the user's own first login names none
    begun, other = listed(me)
    assert begun.keys() == {"id", "user_agent", "created_at", "last_used_at", "expires_at", "current"}
    assert begun["id"] == access_tokens.verify(me.access_token).session_id
    assert (begun["user_agent"], other["user_agent"]) == ("Firefox 145", None)
    assert begun["last_used_at"] == begun["created_at"]
    clock(seconds=60)
    api.call("POST", "/api/auth/refresh", {"refresh_token": me.refresh_token})
    used, _ = listed(me)
    assert begun["created_at"] < used["last_used_at"] < used["expires_at"]
    assert used == {**begun, "last_used_at": used["last_used_at"]}


def test_sessions_come_newest_first_and_the_current_one_is_marked(api: Api, user: Caller) -> None:
    second, third = api.log_in(user.email), api.log_in(user.email)
    ids = [refresh_tokens.parse(one.refresh_token).session_id for one in (third, second, user)]
    for me, current in ((third, 0), (second, 1), (user, 2)):
        assert [one["id"] for one in listed(me)] == ids
        assert [one["current"] for one in listed(me)] == [number == current for number in range(3)]


def test_session_that_has_expired_or_was_ended_is_not_shown(api: Api, user: Caller, clock: Callable[..., None]) -> None:
    verdict = api.authorize(f"Bearer {user.access_token}")
    clock(days=29)
    logged_out, late = api.log_in(user.email), api.log_in(user.email)
    api.call("POST", "/api/auth/logout", {"refresh_token": logged_out.refresh_token})
    assert [one["current"] for one in api.call("GET", PATH, verdict=verdict).json["items"]] == [False, True]
    clock(days=1, seconds=1)
    (shown,) = api.call("GET", PATH, verdict=verdict).json["items"]
    assert shown["id"] == refresh_tokens.parse(late.refresh_token).session_id


def test_newest_100_are_shown(api: Api, user: Caller) -> None:
    last = [api.log_in(user.email) for _ in range(101)][-1]
    shown = listed(last)
    assert len(shown) == 100
    assert shown[0]["current"] is True
    assert refresh_tokens.parse(user.refresh_token).session_id not in {one["id"] for one in shown}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("x" * 300, "x" * 256),
        ("a\r\nb\0c\x1b[31m\u202ed\ud800e", "abc[31mde"),
        ("  Opera \U0001f600 ", "Opera \U0001f600"),
        ("\r\n\t", None),
        ("", None),
    ],
)
def test_user_agent_is_cut_at_256_characters_that_can_be_printed(
    api: Api, user: Caller, sent: str, kept: str | None
) -> None:
    assert listed(api.log_in(user.email, headers={"User-Agent": sent}))[0]["user_agent"] == kept


@pytest.mark.check("I04")
def test_user_agent_is_not_logged(api: Api, user: Caller) -> None:
    body = {"email": user.email, "password": PASSWORD}
    answer = api.call("POST", "/api/auth/login", body, headers={"User-Agent": "x\nforged line"})
    assert "forged" not in answer.log + user.call("GET", PATH).log


@pytest.mark.check("A01")
def test_strangers_sessions_are_not_shown(api: Api, user: Caller, stranger: Caller) -> None:
    assert {one["id"] for one in listed(user)} & {one["id"] for one in listed(stranger)} == set()


def test_unknown_parameter_is_refused_422(user: Caller) -> None:
    assert_problem(user.call("GET", PATH, query="limit=5"), 422, "invalid_fields")
