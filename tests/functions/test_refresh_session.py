"""POST /api/auth/refresh."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base import base64url
from lambdo.sessions import access_tokens, refresh_tokens
from lambdo.sessions.refresh_tokens import RefreshToken
from lambdo.table import calls as table
from lambdo.table import keys, wire, writes
from lambdo.users import store as users
from tests.support.at_once import at_once
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Answer, Api, Caller
from tools.in_process.network import PASS, Network

PATH = "/api/auth/refresh"
DAY = 24 * 3600


def refresh(api: Api, token: str) -> Answer:
    return api.call("POST", PATH, {"refresh_token": token})


def rotated(api: Api, token: str) -> str:
    answer = refresh(api, token)
    assert answer.status == 200, answer.text
    successor: str = answer.json["refresh_token"]
    return successor


def sessions_of(user: Caller, dump: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items = [wire.load(item) for item in dump]
    return [one for one in items if one["pk"] == f"USER#{user.id}" and one["sk"].startswith("SESSION#")]


def test_live_token_is_answered_200_with_a_new_pair_of_the_same_session(api: Api, user: Caller) -> None:
    answer = refresh(api, user.refresh_token)
    assert answer.status == 200
    assert answer.json.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)
    assert answer.json["refresh_token"] != user.refresh_token
    old, new = access_tokens.verify(user.access_token), access_tokens.verify(answer.json["access_token"])
    assert (new.user_id, new.session_id) == (old.user_id, old.session_id)


def test_rotation_goes_on_for_five_generations(api: Api, user: Caller) -> None:
    seen = [user.refresh_token]
    for _ in range(5):
        seen.append(rotated(api, seen[-1]))
    assert len(set(seen)) == 6
    assert [refresh_tokens.parse(token).generation for token in seen] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("seconds", [0, 30])
def test_replaced_token_within_30_s_gets_the_same_successor(
    api: Api, user: Caller, clock: Callable[..., None], seconds: int
) -> None:
    successor = rotated(api, user.refresh_token)
    clock(seconds=seconds)
    assert rotated(api, user.refresh_token) == successor
    assert rotated(api, user.refresh_token) == successor
    assert rotated(api, successor) != successor


@pytest.mark.check("T16")
def test_replaced_token_after_31_s_ends_the_session(
    api: Api, user: Caller, clock: Callable[..., None], dump: Callable[[], list[dict[str, Any]]]
) -> None:
    live = rotated(api, user.refresh_token)
    clock(seconds=31)
    reused = refresh(api, user.refresh_token)
    assert_problem(reused, 401, "refresh_token_reused")
    assert '"event":"token_reused"' in reused.log
    assert sessions_of(user, dump()) == []
    assert_problem(refresh(api, live), 401, "invalid_refresh_token")
    assert_problem(refresh(api, user.refresh_token), 401, "invalid_refresh_token")


@pytest.mark.check("T16")
def test_token_replaced_twice_ends_the_session_at_once(api: Api, user: Caller) -> None:
    live = rotated(api, rotated(api, user.refresh_token))
    assert_problem(refresh(api, user.refresh_token), 401, "refresh_token_reused")
    assert_problem(refresh(api, live), 401, "invalid_refresh_token")


@pytest.mark.check("T17")
def test_20_refreshes_of_one_token_get_1_successor_which_is_live(
    api: Api, user: Caller, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    answers = at_once(20, lambda _: refresh(api, user.refresh_token))
    assert Counter(answer.status for answer in answers) == {200: 20}
    (successor,) = {answer.json["refresh_token"] for answer in answers}
    assert refresh(api, successor).status == 200
    fsck(dump())


@pytest.mark.check("T16")
def test_20_reuses_of_a_spent_token_end_the_session_without_a_500(
    api: Api, user: Caller, clock: Callable[..., None]
) -> None:
    live = rotated(api, user.refresh_token)
    clock(seconds=31)
    answers = at_once(20, lambda _: refresh(api, user.refresh_token))
    assert {answer.status for answer in answers} == {401}
    assert Counter(answer.json["code"] for answer in answers)["refresh_token_reused"] >= 1
    assert refresh(api, live).status == 401


def test_reuse_ends_no_other_session_of_the_user(api: Api, user: Caller) -> None:
    other = api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}).json["refresh_token"]
    rotated(api, rotated(api, user.refresh_token))
    assert refresh(api, user.refresh_token).status == 401
    assert refresh(api, other).status == 200


@pytest.mark.check("T15")
def test_session_ends_after_30_days_however_often_it_was_refreshed(
    api: Api, clock: Callable[..., None], dump: Callable[[], list[dict[str, Any]]]
) -> None:
    user = api.sign_up()
    token = user.refresh_token
    for _ in range(29):
        clock(seconds=DAY)
        token = rotated(api, token)
    (session,) = sessions_of(user, dump())
    clock(seconds=DAY - 1)
    token = rotated(api, token)
    clock(seconds=1)
    assert_problem(refresh(api, token), 401, "invalid_refresh_token")
    assert sessions_of(user, dump())[0]["expires_at"] == session["expires_at"]


@pytest.mark.check("T15")
def test_expired_token_within_its_grace_is_refused(api: Api, clock: Callable[..., None]) -> None:
    user = api.sign_up()
    clock(seconds=30 * DAY - 1)
    rotated(api, user.refresh_token)
    clock(seconds=1)
    assert_problem(refresh(api, user.refresh_token), 401, "invalid_refresh_token")


def end_sessions(user: Caller) -> None:
    account = users.get_account(user.id)
    assert account is not None
    table.transact(users.end_sessions(account))


def test_session_of_an_earlier_epoch_has_ended_and_is_not_taken_for_a_stolen_one(api: Api, user: Caller) -> None:
    live = rotated(api, user.refresh_token)
    end_sessions(user)
    for token in (live, user.refresh_token):
        refused = refresh(api, token)
        assert_problem(refused, 401, "invalid_refresh_token")
        assert "token_reused" not in refused.log
    again = api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}).json
    assert refresh(api, again["refresh_token"]).status == 200


def test_session_carried_over_while_it_is_refreshed_goes_on(api: Api, user: Caller, network: Network) -> None:
    def carry_over() -> None:
        account = users.get_account(user.id)
        assert account is not None
        own = keys.session(refresh_tokens.parse(user.refresh_token).session_id)
        carried = writes.update(keys.user(user.id), own, {"epoch": 1}, condition=writes.EXISTS)
        table.transact({**users.end_sessions(account), "session": carried})

    network.plan = [PASS, carry_over]
    rotated(api, rotated(api, user.refresh_token))


def test_session_begun_with_a_password_that_was_changed_meanwhile_has_ended(
    api: Api, user: Caller, network: Network
) -> None:
    network.plan = [PASS, PASS, lambda: end_sessions(user)]
    login = api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD})
    assert_problem(refresh(api, login.json["refresh_token"]), 401, "invalid_refresh_token")


def forgeries(user: Caller, stranger: Caller) -> dict[str, str]:
    mine, theirs = refresh_tokens.parse(user.refresh_token), refresh_tokens.parse(stranger.refresh_token)
    other_key = refresh_tokens.derive(base64url.encode(bytes(32)), mine.user_id, mine.session_id, 0)
    return {
        "other key": str(other_key),
        "next generation": str(mine._replace(generation=1)),
        "last generation": base64url.encode(base64url.decode(str(mine))[:32] + b"\xff" * 4 + mine.mac),
        "mac of another": str(mine._replace(mac=theirs.mac)),
        "session of another": str(mine._replace(session_id=theirs.session_id)),
        "user of another": str(mine._replace(user_id=theirs.user_id)),
        "no such session": str(RefreshToken(mine.user_id, mine.user_id, 0, mine.mac)),
        "zeros": base64url.encode(bytes(68)),
        "ones": base64url.encode(b"\xff" * 68),
        "shorter": user.refresh_token[:-4],
        "longer": user.refresh_token + "AAAA",
        "padded": user.refresh_token + "=",
        "other spelling": user.refresh_token[:-1] + chr(ord(user.refresh_token[-1]) + 1),
        "empty": "",
        "no base64": "ÿ" * 91,
        "NUL": "\0" * 91,
        "64 KB": "A" * 60_000,
        "access token": user.access_token,
    }


@pytest.mark.check("T06")
@pytest.mark.parametrize("forgery", [
    "other key", "next generation", "last generation", "mac of another", "session of another", "user of another",
    "no such session", "zeros", "ones", "shorter", "longer", "padded", "other spelling", "empty", "no base64", "NUL",
    "64 KB", "access token",
])  # fmt: skip
def test_forged_token_is_refused_401_and_ends_nothing(
    api: Api, user: Caller, stranger: Caller, dump: Callable[[], list[dict[str, Any]]], forgery: str
) -> None:
    before = dump()
    assert_problem(refresh(api, forgeries(user, stranger)[forgery]), 401, "invalid_refresh_token")
    assert dump() == before
    assert refresh(api, user.refresh_token).status == 200


@pytest.mark.check("T06")
def test_refresh_token_as_access_token_is_refused_401(api: Api, user: Caller) -> None:
    assert_problem(api.call("GET", "/api/auth/me", token=user.refresh_token), 401, "invalid_token")


def test_body_in_another_media_type_is_refused_415(api: Api, user: Caller) -> None:
    body = {"refresh_token": user.refresh_token}
    answer = api.call("POST", PATH, body, headers={"content-type": "text/plain"})
    assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("body", [{"refresh_token": 1}, {"refresh_token": []}, {"refresh_token": "x", "user_id": 1}])
def test_wrong_fields_are_refused_422(api: Api, body: dict[str, Any]) -> None:
    assert_problem(api.call("POST", PATH, body), 422, "invalid_fields")
