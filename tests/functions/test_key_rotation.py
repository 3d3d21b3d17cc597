"""Raising KeyVersion: what was given out before stays good for one rotation."""

import json
from collections.abc import Callable

import jwt
import pytest

from lambdo.base.settings import settings
from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, Api, Caller

REFRESH = "/api/auth/refresh"


def kid(token: str) -> str:
    value: str = jwt.get_unverified_header(token)["kid"]
    return value


@pytest.mark.check("T12")
def test_token_of_the_previous_key_is_good_in_the_overlap_and_refused_after(
    user: Caller, rotate: Callable[[], None]
) -> None:
    rotate()
    assert user.call("GET", "/api/auth/me").status == 200
    rotate()
    assert_problem(user.call("GET", "/api/auth/me"), 401, "invalid_token")


def test_login_after_a_rotation_signs_with_the_new_key(api: Api, user: Caller, rotate: Callable[[], None]) -> None:
    rotate()
    token = api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}).json["access_token"]
    assert kid(token) == settings.signing_key_id != kid(user.access_token)
    assert api.call("GET", "/api/auth/me", token=token).status == 200


def test_new_key_is_not_signed_with_before_the_function_is_told(
    api: Api, user: Caller, rotate: Callable[[], None], setting: Callable[..., None]
) -> None:
    old = settings.signing_key_id
    rotate()
    setting(SIGNING_KEY_ID=old)
    answer = api.call("POST", REFRESH, {"refresh_token": user.refresh_token})
    assert kid(answer.json["access_token"]) == old


def test_session_outlives_five_rotations(api: Api, user: Caller, rotate: Callable[[], None]) -> None:
    token = user.refresh_token
    for _ in range(5):
        rotate()
        answer = api.call("POST", REFRESH, {"refresh_token": token})
        assert answer.status == 200
        token = answer.json["refresh_token"]
        assert api.call("GET", "/api/auth/me", token=answer.json["access_token"]).status == 200


def test_session_left_alone_for_three_rotations_goes_on(api: Api, user: Caller, rotate: Callable[[], None]) -> None:
    for _ in range(3):
        rotate()
    assert api.call("POST", REFRESH, {"refresh_token": user.refresh_token}).status == 200


def test_successor_is_the_same_again_after_a_rotation(api: Api, user: Caller, rotate: Callable[[], None]) -> None:
    first = api.call("POST", REFRESH, {"refresh_token": user.refresh_token}).json["refresh_token"]
    rotate()
    again = api.call("POST", REFRESH, {"refresh_token": user.refresh_token})
    assert again.json["refresh_token"] == first
    assert api.call("POST", REFRESH, {"refresh_token": first}).status == 200


def test_successor_under_a_retired_key_is_refused_without_ending_the_session(
    api: Api, user: Caller, rotate: Callable[[], None]
) -> None:
    live = api.call("POST", REFRESH, {"refresh_token": user.refresh_token}).json["refresh_token"]
    rotate()
    rotate()
    answer = api.call("POST", REFRESH, {"refresh_token": user.refresh_token})
    assert_problem(answer, 401, "invalid_refresh_token")
    assert api.call("POST", REFRESH, {"refresh_token": live}).status == 200


def test_reuse_is_recognised_after_a_rotation(
    api: Api, user: Caller, rotate: Callable[[], None], clock: Callable[..., None]
) -> None:
    live = api.call("POST", REFRESH, {"refresh_token": user.refresh_token}).json["refresh_token"]
    rotate()
    clock(seconds=31)
    assert_problem(api.call("POST", REFRESH, {"refresh_token": user.refresh_token}), 401, "refresh_token_reused")
    assert_problem(api.call("POST", REFRESH, {"refresh_token": live}), 401, "invalid_refresh_token")


def test_cursor_is_good_in_the_overlap_and_refused_after(api: Api, user: Caller, rotate: Callable[[], None]) -> None:
    tasks = [user.create_task() for _ in range(3)][::-1]
    cursor = user.call("GET", "tasks", query="limit=1").json["next_cursor"]
    rotate()
    assert user.call("GET", "tasks", query=f"cursor={cursor}").json["items"] == tasks[1:]
    rotate()
    verdict = {"user_id": user.id, "sid": user.id, "exp": 2**40}
    answer = api.call("GET", "/api/me/tasks", query=f"cursor={cursor}", verdict=verdict)
    assert_problem(answer, 400, "invalid_cursor")


@pytest.mark.check("I02")
def test_no_secret_stands_in_the_environment_of_the_authorizer(rotate: Callable[[], None]) -> None:
    rotate()
    assert all(key.keys() == {"kty", "crv", "use", "alg", "kid", "x"} for key in json.loads(settings.jwks)["keys"])
