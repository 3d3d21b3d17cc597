"""The watch over all other tests: it finds calls that a policy does not allow, rights never used, and secrets in the log."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base.logger import logger
from lambdo.sessions import access_tokens
from tests.support.template import TABLE
from tests.support.watch import LOGGING, Call, Watch, allowed, needed, watch
from tools.in_process.api import PASSWORD, Caller


@pytest.mark.check("I01", "I04")
def test_what_a_function_may_do_and_never_did_is_found() -> None:
    watching = Watch()
    assert {("get_me", "dynamodb:GetItem", TABLE), ("get_me", *LOGGING)} <= set(watching.unseen())
    watching.calls = set(allowed()) - {Call("list_tasks", "dynamodb:Query", "lsi2"), Call("authorizer", *LOGGING)}
    assert watching.unseen() == [("list_tasks", "dynamodb:Query", "lsi2")]


@pytest.mark.check("I01")
def test_call_that_the_policy_does_not_allow_is_found(user: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.judge()
    call = Call("get_me", "dynamodb:GetItem", TABLE)
    monkeypatch.setattr("tests.support.watch.allowed", lambda: allowed() - {call})
    user.call("GET", "/api/auth/me")
    with pytest.raises(AssertionError, match="get_me"):
        watch.judge()


@pytest.mark.check("I01")
@pytest.mark.parametrize(
    ("operation", "params", "actions"),
    [
        ("GetItem", {"TableName": TABLE}, {("GetItem", TABLE)}),
        ("GetItem", {"TableName": "another"}, {("GetItem", "another")}),
        ("Query", {"TableName": TABLE}, {("Query", TABLE)}),
        ("Query", {"TableName": TABLE, "IndexName": "lsi2"}, {("Query", "lsi2")}),
        ("BatchWriteItem", {"RequestItems": {TABLE: []}}, {("BatchWriteItem", TABLE)}),
        (
            "TransactWriteItems",
            {"TransactItems": [{kind: {"TableName": TABLE}} for kind in ("Put", "Update", "Delete", "ConditionCheck")]},
            {(f"{kind}Item", TABLE) for kind in ("Put", "Update", "Delete", "ConditionCheck")},
        ),
    ],
)
def test_call_needs_these_actions(
    monkeypatch: pytest.MonkeyPatch, operation: str, params: dict[str, Any], actions: set[tuple[str, str]]
) -> None:
    monkeypatch.setenv("TABLE_NAME", TABLE)
    assert set(needed("dynamodb", operation, params)) == {(f"dynamodb:{name}", resource) for name, resource in actions}


LEAKS: dict[str, Callable[[Caller], str]] = {
    "password": lambda _: PASSWORD,
    "password of quotes and accents": lambda _: '"naïve" enough',
    "access token": lambda user: user.access_token,
    "half an access token": lambda user: user.access_token[:40],
    "refresh token": lambda user: user.refresh_token,
    "address": lambda user: user.email,
    "another address": lambda _: "ada@example.org",
    "bcrypt hash": lambda _: "$2b$12$abcdefghijklmnopqrstuv",
    "hash of a token": lambda _: "0123456789abcdef" * 4,
    "signing key": lambda _: access_tokens.new_secret(),
}


@pytest.mark.check("I04")
@pytest.mark.parametrize("leak", LEAKS)
def test_secret_in_a_line_is_found(user: Caller, leak: str) -> None:
    watch.judge()
    watch.learn({"new_password": '"naïve" enough'}, {"password": PASSWORD})
    logger().info("request", note=f"it is {LEAKS[leak](user)}.")
    with pytest.raises(AssertionError, match="it is"):
        watch.judge()


@pytest.mark.check("I04")
def test_two_lines_in_one_record_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "format", lambda _: '{"message":"one"}\n{"message":"two"}')
    logger().info("request")
    with pytest.raises(AssertionError, match="two"):
        watch.judge()


def test_line_of_513_bytes_is_found_and_one_of_512_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (512, 513):
        monkeypatch.setattr(watch, "format", lambda _, size=size: f"{{{'"é": 1'.ljust(size - 3)}}}")
        logger().info("request")
        with pytest.raises(AssertionError) if size > 512 else contextlib.nullcontext():
            watch.judge()


def test_line_with_an_exception_may_be_longer() -> None:
    logger().error("unhandled exception", exception="its traceback " * 40)
    watch.judge()
