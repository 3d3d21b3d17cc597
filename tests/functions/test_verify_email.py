"""POST /api/auth/email/verify."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tests.support.mailbox import FORGERIES
from tools.in_process.api import PASSWORD, Api, Caller
from tools.in_process.mail_tokens import issue

PATH = "/api/auth/email/verify"
ME = "/api/auth/me"


def test_token_is_answered_204_and_the_user_and_its_copy_are_verified_in_a_new_version(
    api: Api, user: Caller, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    token = issue(user, "verify_email")
    before = user.call("GET", ME).json
    assert before["email_verified"] is False
    answer = api.call("POST", PATH, {"token": token})
    assert (answer.status, answer.text) == (204, "")
    after = {**before, "email_verified": True, "version": 2}
    assert user.call("GET", ME).json == after
    logged_in = api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD})
    assert logged_in.json["user"] == after
    fsck(dump())


def test_token_opened_again_is_answered_204_and_changes_nothing(api: Api, user: Caller) -> None:
    token = issue(user, "verify_email")
    for _ in range(2):
        assert api.call("POST", PATH, {"token": token}).status == 204
    assert user.call("GET", ME).json["version"] == 2


def test_token_is_good_for_24_hours_and_no_longer(api: Api, user: Caller, clock: Callable[..., None]) -> None:
    early, late = issue(user, "verify_email"), issue(user, "verify_email")
    clock(hours=23, minutes=59)
    assert api.call("POST", PATH, {"token": early}).status == 204
    clock(minutes=2)
    assert_problem(api.call("POST", PATH, {"token": late}), 400, "invalid_mail_token")


def test_session_goes_on(api: Api, user: Caller) -> None:
    assert api.call("POST", PATH, {"token": issue(user, "verify_email")}).status == 204
    assert api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token}).status == 200


def test_token_of_a_deleted_account_is_refused_400(api: Api, user: Caller) -> None:
    token = issue(user, "verify_email")
    assert user.call("DELETE", ME, {"password": PASSWORD}).status == 202
    assert_problem(api.call("POST", PATH, {"token": token}), 400, "invalid_mail_token")


def test_token_to_reset_a_password_confirms_nothing(api: Api, user: Caller) -> None:
    assert_problem(api.call("POST", PATH, {"token": issue(user, "reset_password")}), 400, "invalid_mail_token")
    assert user.call("GET", ME).json["email_verified"] is False


@pytest.mark.check("P16")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_any_other_token_is_refused_400(api: Api, user: Caller, forgery: str) -> None:
    token = FORGERIES[forgery](issue(user, "verify_email"))
    assert_problem(api.call("POST", PATH, {"token": token}), 400, "invalid_mail_token")
    assert user.call("GET", ME).json["email_verified"] is False


def test_deployment_without_a_sender_answers_503(api: Api, user: Caller, setting: Callable[..., None]) -> None:
    token = issue(user, "verify_email")
    setting(MAIL="off")
    assert_problem(api.call("POST", PATH, {"token": token}), 503, "mail_not_configured")
