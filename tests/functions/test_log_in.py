"""POST /api/auth/login."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import bcrypt
import pytest

from lambdo.sessions import access_tokens, refresh_tokens
from lambdo.table import wire
from lambdo.users import store as users
from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, Answer, Api, Caller
from tools.in_process.table import uncounted

PATH = "/api/auth/login"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def log_in(api: Api, email: str, password: str = PASSWORD, **options: Any) -> Answer:
    return api.call("POST", PATH, {"email": email, "password": password}, **options)


def form(api: Api, **fields: str) -> Answer:
    return api.call("POST", PATH, raw=urlencode(fields), headers=FORM)


def stored_hash(dump: list[dict[str, Any]], email: str) -> str:
    (claim,) = [item for item in map(wire.load, dump) if item["pk"] == f"EMAIL#{email}"]
    value: str = claim["password_hash"]
    return value


def test_right_password_is_answered_200_with_a_pair_of_tokens_and_the_user(api: Api, user: Caller) -> None:
    answer = log_in(api, user.email)
    body = answer.json
    assert answer.status == 200
    assert body.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    assert body["user"].keys() == {"id", "email", "email_verified", "name", "time_zone", "created_at", "version"}
    assert body["user"]["email"] == user.email
    claims = access_tokens.verify(body["access_token"])
    refresh_token = refresh_tokens.parse(body["refresh_token"])
    assert claims.user_id == refresh_token.user_id == body["user"]["id"] == user.id
    assert claims.session_id == refresh_token.session_id


@pytest.mark.check("P08")
def test_address_in_another_case_is_the_same_account(api: Api, user: Caller) -> None:
    assert log_in(api, f" {user.email.upper()} ").json["user"]["id"] == user.id


def test_oauth2_form_is_answered_like_json(api: Api, user: Caller) -> None:
    answer = form(api, grant_type="password", username=user.email, password=PASSWORD, scope="")
    assert answer.status == 200
    assert answer.json["user"]["id"] == user.id


def test_oauth2_form_with_a_charset_and_base64_transport_is_read(api: Api, user: Caller) -> None:
    raw = urlencode({"username": user.email, "password": PASSWORD}).encode()
    headers = {"content-type": "Application/X-WWW-Form-Urlencoded; Charset=UTF-8"}
    assert api.call("POST", PATH, raw=raw, headers=headers).status == 200


def test_oauth2_form_with_a_wrong_password_is_refused_401(api: Api, user: Caller) -> None:
    assert_problem(form(api, username=user.email, password="not the one"), 401, "invalid_credentials")


@pytest.mark.parametrize("missing", ["username", "password"])
def test_oauth2_form_without_a_field_is_refused_422(api: Api, user: Caller, missing: str) -> None:
    fields = {"username": user.email, "password": PASSWORD}
    del fields[missing]
    assert_problem(form(api, **fields), 422, "invalid_fields")


def test_oauth2_form_of_broken_bytes_is_refused_and_no_500(api: Api) -> None:
    answer = api.call("POST", PATH, raw=b"username=%ff%00\xff&password=\xed\xa0\x80&&=&%", headers=FORM)
    assert_problem(answer, 422, "invalid_fields")


@pytest.mark.check("P09")
def test_unknown_address_and_wrong_password_are_told_alike(api: Api, user: Caller) -> None:
    wrong = log_in(api, user.email, "not the one", request_id="same")
    unknown = log_in(api, "nobody@example.com", "not the one", request_id="same")
    assert_problem(wrong, 401, "invalid_credentials")
    assert (wrong.status, wrong.headers, wrong.text) == (unknown.status, unknown.headers, unknown.text)


@pytest.mark.check("P09")
def test_unknown_address_hashes_at_the_same_cost(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[str] = []
    real = bcrypt.hashpw

    def counting(password: bytes, salt: bytes) -> bytes:
        costs.append(salt.decode().split("$")[2])
        return real(password, salt)

    monkeypatch.setattr(bcrypt, "hashpw", counting)
    log_in(api, "nobody@example.com")
    assert costs == ["04"]


@pytest.mark.check("P04")
@pytest.mark.parametrize("password", ["x" * 10_240, "", "\0", PASSWORD + "\0", PASSWORD[:-1], PASSWORD + " "])
def test_password_that_is_not_the_one_is_refused_401(api: Api, user: Caller, password: str) -> None:
    assert_problem(log_in(api, user.email, password), 401, "invalid_credentials")


@pytest.mark.parametrize("fails", [{"email": "x"}, {"password": None}, {"email": None}, {"user": "x"}])
def test_wrong_fields_are_refused_422(api: Api, fails: dict[str, Any]) -> None:
    answer = api.call("POST", PATH, {"email": "a@b.co", "password": "x", **fails})
    assert_problem(answer, 422, "invalid_fields")
    assert [one["loc"] for one in answer.json["errors"]] == [["body", next(iter(fails))]]


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data", "application/json; charset=utf-16", ""])
def test_another_media_type_is_refused_415(api: Api, user: Caller, media_type: str) -> None:
    assert_problem(log_in(api, user.email, headers={"content-type": media_type}), 415, "unsupported_media_type")


@pytest.mark.check("P07")
def test_raised_cost_rehashes_once_and_the_password_stays_good(
    api: Api, user: Caller, dump: Callable[[], list[dict[str, Any]]], setting: Callable[..., None]
) -> None:
    old = stored_hash(dump(), user.email)
    setting(PASSWORD_COST="5")
    assert log_in(api, user.email).status == 200
    raised = stored_hash(dump(), user.email)
    assert (old[:7], raised[:7]) == ("$2b$04$", "$2b$05$")
    assert log_in(api, user.email).status == 200
    assert stored_hash(dump(), user.email) == raised
    assert_problem(log_in(api, user.email, "not the one"), 401, "invalid_credentials")


def test_wrong_password_at_raised_cost_rehashes_nothing(
    api: Api, user: Caller, dump: Callable[[], list[dict[str, Any]]], setting: Callable[..., None]
) -> None:
    before = uncounted(dump())
    setting(PASSWORD_COST="5")
    assert log_in(api, user.email, "not the one").status == 401
    assert uncounted(dump()) == before


def test_lowered_cost_rehashes_nothing(
    api: Api, dump: Callable[[], list[dict[str, Any]]], setting: Callable[..., None]
) -> None:
    setting(PASSWORD_COST="5")
    user = api.sign_up()
    before = stored_hash(dump(), user.email)
    setting(PASSWORD_COST="4")
    assert log_in(api, user.email).status == 200
    assert stored_hash(dump(), user.email) == before


def test_password_changed_during_the_rehash_stays(
    api: Api, user: Caller, dump: Callable[[], list[dict[str, Any]]], setting: Callable[..., None]
) -> None:
    before = stored_hash(dump(), user.email)
    users.update_password_hash(user.email, "$2b$04$an older one", "$2b$05$overtaken")
    assert stored_hash(dump(), user.email) == before


@pytest.mark.check("T18")
def test_table_and_log_hold_no_token_and_no_password(
    api: Api, user: Caller, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    answer = log_in(api, user.email)
    for secret in (answer.json["access_token"], answer.json["refresh_token"], PASSWORD):
        assert secret not in answer.log
        assert secret not in str(dump())
