"""The function on the table's stream that sends mails: once, as well as it can; never one whose link is dead."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base.settings import settings
from lambdo.mails import sender as mail
from lambdo.table import aws
from tests.support.fsck import fsck
from tests.support.mailbox import Post, send, token_in
from tools.in_process.api import Api, Caller, Json, logging_to
from tools.in_process.network import (
    APPLIED_CRASH,
    CRASH,
    LOST,
    PASS,
    READ_TIMEOUT,
    UNREACHABLE,
    Crash,
    Fault,
    Network,
    error,
)

FORGOT = "/api/auth/password/forgot"
RESET = "/api/auth/password/reset"
PATIENCE = 20  # calls; a bound on hanging, not a measurement
TRANSIENT: dict[str, Fault] = {
    "too many": error("TooManyRequestsException", 429),
    "over the quota": error("LimitExceededException"),
    "internal": error("InternalFailure", 500),
    "timeout": READ_TIMEOUT,
}

type Dump = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def request_record(api: Api, user: Caller, post: Post) -> Json:
    """A mail that is asked for, the only one, as the stream's record of it."""
    post.deliver()
    api.call("POST", FORGOT, {"email": user.email})
    (one,) = post.requests()
    return one


@pytest.fixture
def ses(network: Network) -> Network:
    """The wire between botocore and SES."""
    return Network(aws.client("sesv2"))


def opens(api: Api, address: str, link_token: str) -> bool:
    """Tell whether the token of a mail can serve, without using it up: the address is no password."""
    answer = api.call("POST", RESET, {"token": link_token, "password": address})
    return answer.status == 422


def test_record_that_comes_again_sends_no_second_mail(request_record: Json, post: Post) -> None:
    assert send(request_record, request_record) == []
    assert send(request_record) == []
    assert len(post.take()) == 1


def test_mail_reads_well_as_text_and_as_html(request_record: Json, user: Caller, post: Post) -> None:
    send(request_record)
    (sent,) = post.take()
    link = f"{settings.app_url}/reset-password#token={token_in(sent)}"
    words = mail.WORDS["reset_password"]
    assert sent.text == f"{words.lead}\n\n<{link}>\n\n{words.note}\n"
    assert sent.html.startswith("<!doctype html>")
    assert f'<a href="{link}"' in sent.html
    assert "$" not in sent.text + sent.html


def test_log_says_what_was_sent_and_whose_it_is_but_no_address_and_no_token(
    request_record: Json, user: Caller, post: Post
) -> None:
    with logging_to(log := io.StringIO()):
        send(request_record)
    logged = json.loads(log.getvalue())
    assert (logged["message"], logged["event"], logged["user_id"]) == ("mail", "mail_sent", user.id)
    assert (logged["sk"], logged["event_id"]) == ("MAIL#reset_password", request_record["eventID"])
    assert logged["capacity_units"] == 4  # the request, the credential, the token, and the request's end
    (sent,) = post.take()
    assert not [text for text in (user.email, token_in(sent)) if text in log.getvalue()]
    assert len(log.getvalue().encode()) <= 600


@pytest.mark.parametrize("crash", [CRASH, APPLIED_CRASH], ids=["before a call", "after a call"])
def test_mail_is_sent_after_a_crash_at_any_call_of_dynamodb(
    api: Api, user: Caller, network: Network, post: Post, dump: Dump, crash: Fault
) -> None:
    post.deliver()
    for step in range(PATIENCE):
        api.call("POST", FORGOT, {"email": user.email})
        (one,) = post.requests()
        network.plan = [*[PASS] * step, crash]
        try:
            assert send(one) == []
        except Crash:
            network.restart()
            fsck(dump())
            assert send(one) == []
        left, network.plan = len(network.plan), []
        mails = post.take()
        assert 1 <= len(mails) <= 2
        assert all(opens(api, sent.recipient, token_in(sent)) for sent in mails)
        assert post.requests() == []
        if left:
            assert step == 4  # the request, the credential, the token, and the request's end
            return
    raise AssertionError("no end")


DYNAMODB: dict[str, list[Fault]] = {
    "throttled": [error("ThrottlingException")] * 3,
    "unreachable": [UNREACHABLE] * 3,
    "conflict": [error("TransactionConflictException")] * 4,
}


@pytest.mark.parametrize("fault", DYNAMODB)
def test_lasting_fault_of_dynamodb_at_any_call_is_reported_and_the_mail_goes_out_with_the_next_attempt(
    api: Api, user: Caller, network: Network, post: Post, dump: Dump, fault: str
) -> None:
    post.deliver()
    for step in range(4):  # the request, the credential, the token, and the request's end
        api.call("POST", FORGOT, {"email": user.email})
        (one,) = post.requests()
        network.plan = [*[PASS] * step, *DYNAMODB[fault]]
        assert send(one) == [one["dynamodb"]["SequenceNumber"]], step
        fsck(dump())
        assert send(one) == []
        mails = post.take()
        assert len(mails) == (2 if step == 3 else 1)  # once it is sent, only its end is missing
        assert all(opens(api, sent.recipient, token_in(sent)) for sent in mails)
        assert post.requests() == []


def test_1_mail_is_sent_though_each_call_of_dynamodb_is_applied_and_sent_again(
    request_record: Json, network: Network, post: Post, dump: Dump
) -> None:
    network.plan = [LOST, PASS] * 4
    network.sent.clear()
    assert send(request_record) == []
    assert network.sent == ["GetItem"] * 4 + ["PutItem"] * 2 + ["DeleteItem"] * 2
    assert len(post.take()) == 1
    assert post.requests() == []
    fsck(dump())


@pytest.mark.parametrize("fault", [APPLIED_CRASH, CRASH, LOST])
def test_mail_that_ses_may_have_taken_is_sent_again_and_every_link_is_good(
    api: Api, request_record: Json, ses: Network, post: Post, fault: str
) -> None:
    ses.plan = [fault] * 3
    try:
        failures = send(request_record)
    except Crash:
        failures = []
    ses.restart()
    assert failures == ([request_record["dynamodb"]["SequenceNumber"]] if fault == LOST else [])
    assert send(request_record) == []
    mails = post.take()
    assert len(mails) == {APPLIED_CRASH: 2, CRASH: 1, LOST: 4}[fault]
    assert all(opens(api, sent.recipient, token_in(sent)) for sent in mails)


@pytest.mark.parametrize("fault", TRANSIENT)
def test_fault_of_ses_that_may_pass_is_reported_after_3_attempts_and_the_request_stays(
    request_record: Json, ses: Network, post: Post, fault: str
) -> None:
    ses.plan = [TRANSIENT[fault]] * 3
    assert send(request_record) == [request_record["dynamodb"]["SequenceNumber"]]
    assert ses.sent == ["SendEmail"] * 3
    assert send(request_record) == []
    assert len(post.take()) == 1


@pytest.mark.parametrize("fault", TRANSIENT)
def test_fault_of_ses_that_passes_is_not_noticed(request_record: Json, ses: Network, post: Post, fault: str) -> None:
    ses.plan = [TRANSIENT[fault]] * 2
    assert send(request_record) == []
    assert len(post.take()) == 1


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_mail_that_ses_refuses_is_given_up_with_a_warning_and_the_next_is_sent(
    api: Api, user: Caller, stranger: Caller, ses: Network, post: Post, code: str
) -> None:
    post.deliver()
    for one in (user, stranger):
        api.call("POST", FORGOT, {"email": one.email})
    records = post.requests()
    ses.plan = [error(code, message=f"Email address is not verified: {user.email}")]
    with logging_to(log := io.StringIO()):
        assert send(*records) == []
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["level"], line["event"]) for line in lines] == [("WARNING", "mail_refused"), ("INFO", "mail_sent")]
    assert user.email not in log.getvalue()
    assert len(post.take()) == 1
    assert post.requests() == []


@pytest.mark.parametrize("code", ["SendingPausedException", "AccountSuspendedException", "AccessDeniedException"])
def test_account_that_may_not_send_fails_its_records_until_it_may(
    request_record: Json, user: Caller, ses: Network, post: Post, code: str
) -> None:
    ses.plan = [error(code, message=f"not for {user.email}")]
    with logging_to(log := io.StringIO()):
        assert send(request_record) == [request_record["dynamodb"]["SequenceNumber"]]
    logged = json.loads(log.getvalue())
    assert (logged["level"], logged["message"]) == ("ERROR", "mail failed")
    assert code in logged["exception"]
    assert user.email not in log.getvalue()
    assert send(request_record) == []
    assert len(post.take()) == 1


def test_failure_of_one_record_does_not_stop_the_others(
    api: Api, user: Caller, stranger: Caller, ses: Network, post: Post
) -> None:
    post.deliver()
    for one in (user, stranger):
        api.call("POST", FORGOT, {"email": one.email})
    first, second = post.requests()
    ses.plan = [error("SendingPausedException")]
    assert send(first, second) == [first["dynamodb"]["SequenceNumber"]]
    assert send(first, second) == []  # Lambda brings the batch again from the failure on
    assert len(post.take()) == 2


def test_request_made_anew_while_its_mail_is_sent_is_met_by_another(
    api: Api, user: Caller, request_record: Json, network: Network, post: Post
) -> None:
    network.plan = [PASS, PASS, lambda: api.call("POST", FORGOT, {"email": user.email})]
    assert send(request_record) == []
    assert len(post.requests()) == 1
    assert len(post.deliver()) == 2


def test_nothing_that_a_person_typed_stands_in_a_mail(api: Api, post: Post) -> None:
    post.deliver()
    name = "You won, see https://evil.example"
    body = {"email": "typed@example.com", "password": "correct horse battery", "name": name}
    assert api.call("POST", "/api/auth/register", body).status == 201
    (sent,) = post.deliver()
    assert "evil" not in sent.subject + sent.text + sent.html
