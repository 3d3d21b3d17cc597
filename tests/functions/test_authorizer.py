"""The authorizer's verdicts, and that the endpoints enforce them."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base import ids, times
from lambdo.base.settings import settings
from lambdo.sessions import access_tokens
from lambdo.table import key_sets
from tests.support.frame import assert_problem
from tools.in_process.api import Api, Caller, Context, handler_of

ME = "/api/auth/me"


def ask(header: str) -> Any:
    return handler_of("authorizer")({"version": "2.0", "type": "REQUEST", "identitySource": [header]}, Context())


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_good_token_is_answered_with_who_it_is_and_until_when(user: Caller, scheme: str) -> None:
    claims = access_tokens.verify(user.access_token)
    assert ask(f"{scheme} {user.access_token}") == {
        "isAuthorized": True,
        "context": {"user_id": user.id, "sid": claims.session_id, "exp": claims.expires_at},
    }
    assert claims.expires_at == times.unix() + 900


@pytest.mark.check("T09")
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dTpw", "x", "Bearer x", "Bearer a.b.c", "Bearer\t{}", "{}", "Token {}", "Bearer {}x", "Bearer x{}", "Bearer {} {}", "Bearer {}\0", "Bearer {},x"])  # fmt: skip
def test_any_other_header_is_answered_with_why_and_no_identity(user: Caller, header: str) -> None:
    answer = ask(header.replace("{}", user.access_token))
    assert answer == {"isAuthorized": True, "context": {"token_error": "invalid"}}


def test_expired_token_is_answered_with_expired(user: Caller, api: Api, clock: Callable[..., None]) -> None:
    clock(seconds=-906)  # 5 s of leeway between two machines' clocks
    (key, *_) = key_sets.get_cached(settings.signing_keys_parameter)
    token = access_tokens.issue(key, user.id, ids.new_id())
    assert ask(f"Bearer {token}") == {"isAuthorized": True, "context": {"token_error": "expired"}}
    refused = api.call("GET", ME, token=token)
    assert_problem(refused, 401, "invalid_token")
    assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert refused.json["detail"] == "The access token has expired."


@pytest.mark.check("A08")
def test_verdict_cached_beyond_its_exp_is_refused_401(api: Api, user: Caller) -> None:
    verdict = {"user_id": user.id, "sid": user.id, "exp": times.unix() - 1}
    assert_problem(api.call("GET", ME, verdict=verdict), 401, "invalid_token")
    assert api.call("GET", ME, verdict={**verdict, "exp": times.unix() + 60}).status == 200


@pytest.mark.check("A08")
def test_verdict_cached_for_ones_own_path_is_refused_403_on_anothers(api: Api, user: Caller, stranger: Caller) -> None:
    verdict = api.authorize(f"Bearer {user.access_token}")
    assert api.call("GET", f"/api/{user.id}/tasks", verdict=verdict).status == 200
    assert_problem(api.call("GET", f"/api/{stranger.id}/tasks", verdict=verdict), 403, "forbidden")


@pytest.mark.parametrize("wrong", [
    {"user_id": ""}, {"user_id": None}, {"sid": ""}, {"sid": None}, {"exp": None}, {"exp": 0}, {"exp": ""},
    {"exp": 1}, {"exp": "1"}, {"token_error": "invalid"}, {"token_error": "expired"}, {"token_error": ""},
    {"token_error": None},
], ids=str)  # fmt: skip
def test_incomplete_or_contradictory_verdict_is_refused_401(api: Api, user: Caller, wrong: dict[str, Any]) -> None:
    verdict = {"user_id": user.id, "sid": user.id, "exp": times.unix() + 60, **wrong}
    assert_problem(api.call("GET", ME, verdict=verdict), 401, "invalid_token")


@pytest.mark.check("A08")
def test_denial_then_good_token_is_answered_200(api: Api, user: Caller) -> None:
    assert api.call("GET", ME, token="x").status == 401
    assert user.call("GET", ME).status == 200
