"""POST /api/auth/email/resend."""

from collections.abc import Callable
from typing import Any

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tests.support.mailbox import Post, token_in
from tools.in_process.api import PASSWORD, Api, Caller
from tools.in_process.mail_tokens import issue

PATH = "/api/auth/email/resend"
VERIFY = "/api/auth/email/verify"

type Dump = Callable[[], list[dict[str, Any]]]


def test_registration_sends_a_mail_whose_token_confirms_the_address(api: Api, post: Post, dump: Dump) -> None:
    post.deliver()
    user = api.sign_up()
    fsck(dump())
    (mail,) = post.deliver()
    assert (mail.recipient, mail.subject) == (user.email, "Confirm your email address")
    assert api.call("POST", VERIFY, {"token": token_in(mail)}).status == 204
    assert user.call("GET", "/api/auth/me").json["email_verified"] is True


def test_refused_registration_sends_no_mail(api: Api, user: Caller, post: Post) -> None:
    post.deliver()
    again = api.call("POST", "/api/auth/register", {"email": user.email, "password": PASSWORD})
    assert_problem(again, 409, "email_already_exists")
    assert post.deliver() == []


def test_asking_again_is_answered_202_and_both_mails_are_good(api: Api, user: Caller, post: Post) -> None:
    (first,) = [mail for mail in post.deliver() if mail.recipient == user.email]
    answer = user.call("POST", PATH)
    assert (answer.status, answer.text) == (202, "")
    (second,) = post.deliver()
    assert token_in(first) != token_in(second)
    for mail in (second, first):
        assert api.call("POST", VERIFY, {"token": token_in(mail)}).status == 204


def test_confirmed_address_gets_no_mail(api: Api, user: Caller, post: Post) -> None:
    assert api.call("POST", VERIFY, {"token": issue(user, "verify_email")}).status == 204
    post.deliver()
    assert user.call("POST", PATH).status == 202
    assert post.deliver() == []


def test_deleted_account_gets_no_mail(user: Caller, post: Post) -> None:
    post.deliver()
    assert user.call("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    assert user.call("POST", PATH).status == 202
    assert post.deliver() == []


def test_deployment_without_a_sender_answers_503_registers_all_the_same_and_writes_no_request(
    api: Api, user: Caller, setting: Callable[..., None], post: Post
) -> None:
    post.deliver()
    setting(MAIL="off")
    assert_problem(user.call("POST", PATH), 503, "mail_not_configured")
    assert api.sign_up().call("GET", "/api/auth/me").json["email_verified"] is False
    assert post.requests() == []
