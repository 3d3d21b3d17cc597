"""POST /api/auth/password/forgot."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base.metering import meter
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tests.support.mailbox import Post, send, token_in
from tools.in_process.api import Answer, Api, Caller
from tools.in_process.network import Network

PATH = "/api/auth/password/forgot"

type Dump = Callable[[], list[dict[str, Any]]]


def forget(api: Api, email: str, **options: Any) -> Answer:
    return api.call("POST", PATH, {"email": email}, **options)


def test_known_address_is_answered_202_and_gets_a_mail(api: Api, user: Caller, post: Post) -> None:
    post.deliver()
    answer = forget(api, user.email)
    assert (answer.status, answer.text) == (202, "")
    (mail,) = post.deliver()
    assert (mail.recipient, mail.subject) == (user.email, "Reset your password")
    assert token_in(mail)


@pytest.mark.check("P09")
def test_unknown_address_is_answered_the_same_and_gets_no_mail(api: Api, user: Caller, post: Post) -> None:
    post.deliver()
    known, unknown = (forget(api, email, request_id="same") for email in (user.email, "nobody@example.com"))
    assert (known.status, known.headers, known.text) == (unknown.status, unknown.headers, unknown.text)
    assert [mail.recipient for mail in post.deliver()] == [user.email]


@pytest.mark.check("P09")
def test_known_and_unknown_addresses_cost_the_same_three_writes(api: Api, user: Caller, network: Network) -> None:
    used = []
    for email in (user.email, "nobody.at.all@example.com"):
        network.sent.clear()
        forget(api, email)
        used.append((network.sent.copy(), meter.units))
    assert used == [(["UpdateItem", "UpdateItem", "PutItem"], 3.0)] * 2


def test_address_in_another_case_is_the_same_account(api: Api, user: Caller, post: Post) -> None:
    post.deliver()
    assert forget(api, f" {user.email.upper()} ").status == 202
    assert [mail.recipient for mail in post.deliver()] == [user.email]


def test_asking_10_times_before_the_mail_is_sent_sends_1(api: Api, user: Caller, post: Post, dump: Dump) -> None:
    post.deliver()
    records = []
    for _ in range(10):
        assert forget(api, user.email).status == 202
        records += post.requests()
    fsck(dump())
    assert send(*records) == []
    assert len(post.take()) == 1


def test_log_names_nobody(api: Api, user: Caller) -> None:
    answer = forget(api, user.email)
    assert json.loads(answer.log)["event"] == "password_reset_requested"
    assert user.email not in answer.log
    assert user.id not in answer.log


@pytest.mark.parametrize("email", ["", "nobody", None, "a@b.co\nbcc: x@y.zz"])
def test_what_is_no_address_is_refused_422(api: Api, email: Any) -> None:
    assert_problem(api.call("POST", PATH, {"email": email}), 422, "invalid_fields")


def test_deployment_without_a_sender_answers_503_and_writes_nothing(
    api: Api, user: Caller, setting: Callable[..., None], dump: Dump
) -> None:
    setting(MAIL="off")
    before = dump()
    assert_problem(forget(api, user.email), 503, "mail_not_configured")
    assert dump() == before
