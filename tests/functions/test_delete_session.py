"""DELETE /api/auth/sessions/{session_id}."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo.sessions import refresh_tokens
from tests.support.frame import assert_problem
from tools.in_process.api import UNKNOWN_ID, Answer, Api, Caller

PATH = "/api/auth/sessions"


def session_of(user: Caller) -> str:
    return refresh_tokens.parse(user.refresh_token).session_id


def refresh(user: Caller) -> Answer:
    return user.api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token})


@pytest.mark.check("T13")
def test_session_is_ended_and_no_other(api: Api, user: Caller) -> None:
    lost = api.log_in(user.email)
    answer = user.call("DELETE", f"{PATH}/{session_of(lost)}")
    assert (answer.status, answer.text, answer.cookies) == (204, "", [])
    assert_problem(refresh(lost), 401, "invalid_refresh_token")
    assert [one["id"] for one in user.call("GET", PATH).json["items"]] == [session_of(user)]
    assert_problem(user.call("DELETE", f"{PATH}/{session_of(lost)}"), 404, "session_not_found")
    assert refresh(user).status == 200


def test_current_session_can_be_ended_and_the_browser_forgets_its_cookie(user: Caller) -> None:
    answer = user.call("DELETE", f"{PATH}/{session_of(user)}")
    assert answer.status == 204
    (cookie,) = answer.cookies
    assert cookie.startswith("__Secure-lambdo-refresh=; Max-Age=0; ")
    assert_problem(refresh(user), 401, "invalid_refresh_token")


@pytest.mark.check("A01")
def test_strangers_session_is_the_same_404_as_an_unknown_one(
    user: Caller, stranger: Caller, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    before = dump()
    foreign, unknown = (
        stranger.call("DELETE", f"{PATH}/{session_id}", request_id="same")
        for session_id in (session_of(user), UNKNOWN_ID)
    )
    assert_problem(foreign, 404, "session_not_found")
    assert (foreign.headers, foreign.text) == (unknown.headers, unknown.text)
    assert dump() == before


@pytest.mark.check("A07")
@pytest.mark.parametrize("session_id", ["x", "me", "%00", "SESSION%23x", "x" * 2048, UNKNOWN_ID.upper(), "{id}%23"])
def test_what_is_no_id_is_refused_404(user: Caller, session_id: str) -> None:
    path = f"{PATH}/{session_id.replace('{id}', session_of(user))}"
    assert_problem(user.call("DELETE", path), 404, "session_not_found")
