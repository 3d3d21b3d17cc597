"""POST /api/auth/password/reset."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.at_once import at_once
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tests.support.mailbox import FORGERIES, Post, token_in
from tools.in_process.api import PASSWORD, Answer, Api, Caller
from tools.in_process.mail_tokens import issue

PATH = "/api/auth/password/reset"
NEW = "another horse battery staple"

type Dump = Callable[[], list[dict[str, Any]]]


def reset(api: Api, token: str, password: str = NEW, **options: Any) -> Answer:
    return api.call("POST", PATH, {"token": token, "password": password}, **options)


def log_in(user: Caller, password: str) -> Answer:
    return user.api.call("POST", "/api/auth/login", {"email": user.email, "password": password})


def refresh(user: Caller) -> Answer:
    return user.api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token})


def test_token_of_the_mail_is_answered_204_and_the_new_password_alone_logs_in(
    api: Api, user: Caller, post: Post, dump: Dump
) -> None:
    post.deliver()
    api.call("POST", "/api/auth/password/forgot", {"email": user.email})
    (mail,) = post.deliver()
    answer = reset(api, token_in(mail))
    assert (answer.status, answer.text) == (204, "")
    assert json.loads(answer.log)["event"] == "password_reset"
    assert_problem(log_in(user, PASSWORD), 401, "invalid_credentials")
    assert log_in(user, NEW).status == 200
    fsck(dump())


@pytest.mark.check("P16")
def test_every_session_has_ended(api: Api, user: Caller) -> None:
    others = [Caller(api, user.email, log_in(user, PASSWORD).json) for _ in range(3)]
    assert reset(api, issue(user, "reset_password")).status == 204
    for session in (user, *others):
        assert_problem(refresh(session), 401, "invalid_refresh_token")


def test_address_is_verified_in_a_new_version(api: Api, user: Caller) -> None:
    before = user.call("GET", "/api/auth/me").json
    assert reset(api, issue(user, "reset_password")).status == 204
    assert log_in(user, NEW).json["user"] == {**before, "email_verified": True, "version": 2}


@pytest.mark.check("P16")
def test_token_is_good_once(api: Api, user: Caller) -> None:
    token = issue(user, "reset_password")
    assert reset(api, token).status == 204
    assert_problem(reset(api, token, "yet another battery staple"), 400, "invalid_mail_token")
    assert log_in(user, NEW).status == 200


@pytest.mark.check("P16")
def test_of_20_resets_at_once_with_one_token_1_wins(api: Api, user: Caller, dump: Dump) -> None:
    token = issue(user, "reset_password")
    answers = at_once(20, lambda i: reset(api, token, f"battery staple number {i:02}"))
    assert Counter(answer.status for answer in answers) == {204: 1, 400: 19}
    (winner,) = [i for i, answer in enumerate(answers) if answer.status == 204]
    assert log_in(user, f"battery staple number {winner:02}").status == 200
    fsck(dump())


@pytest.mark.check("P16")
def test_other_tokens_of_the_account_are_void_after_a_reset(api: Api, user: Caller) -> None:
    first, second = issue(user, "reset_password"), issue(user, "reset_password")
    assert reset(api, first).status == 204
    assert_problem(reset(api, second, "yet another battery staple"), 400, "invalid_mail_token")


@pytest.mark.check("P16")
def test_token_is_good_for_30_minutes_and_no_longer(api: Api, user: Caller, clock: Callable[..., None]) -> None:
    early, late = issue(user, "reset_password"), issue(user, "reset_password")
    clock(minutes=31)
    assert_problem(reset(api, late), 400, "invalid_mail_token")
    clock(minutes=-2)
    assert reset(api, early).status == 204


@pytest.mark.check("P16")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_any_other_token_is_refused_400_and_changes_nothing(api: Api, user: Caller, dump: Dump, forgery: str) -> None:
    token = FORGERIES[forgery](issue(user, "reset_password"))
    before = dump()
    assert_problem(reset(api, token), 400, "invalid_mail_token")
    assert dump() == before


@pytest.mark.check("P16")
def test_token_that_confirms_an_address_resets_no_password(api: Api, user: Caller, dump: Dump) -> None:
    token = issue(user, "verify_email")
    before = dump()
    assert_problem(reset(api, token), 400, "invalid_mail_token")
    assert dump() == before


def test_token_of_a_deleted_account_is_refused_400_also_when_its_address_registers_again(
    api: Api, user: Caller
) -> None:
    token = issue(user, "reset_password")
    assert user.call("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    assert api.call("POST", "/api/auth/register", {"email": user.email, "password": PASSWORD}).status == 201
    assert_problem(reset(api, token), 400, "invalid_mail_token")
    assert log_in(user, PASSWORD).status == 200


@pytest.mark.parametrize("password", ["1234567", "password1", "x" * 129])
def test_password_against_the_rules_is_refused_422_and_the_token_stays_good(
    api: Api, user: Caller, password: str
) -> None:
    token = issue(user, "reset_password")
    refused = reset(api, token, password)
    assert_problem(refused, 422, "invalid_fields")
    assert refused.json["errors"][0]["loc"] == ["body", "password"]
    assert reset(api, token).status == 204


@pytest.mark.check("P05")
def test_password_that_is_the_address_is_refused_422_and_the_token_stays_good(api: Api, user: Caller) -> None:
    token = issue(user, "reset_password")
    for password in (user.email, user.email.upper(), user.email.partition("@")[0]):
        refused = reset(api, token, password)
        assert_problem(refused, 422, "invalid_fields")
        assert [(one["loc"], one["type"]) for one in refused.json["errors"]] == [
            (["body", "password"], "password_is_email")
        ]
    assert reset(api, token).status == 204


@pytest.mark.check("T18")
def test_table_holds_no_token(api: Api, user: Caller, dump: Dump) -> None:
    token = issue(user, "reset_password")
    assert token not in str(dump())


def test_deployment_without_a_sender_answers_503(api: Api, user: Caller, setting: Callable[..., None]) -> None:
    token = issue(user, "reset_password")
    setting(MAIL="off")
    assert_problem(reset(api, token), 503, "mail_not_configured")
