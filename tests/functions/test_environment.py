"""Each function runs on the variables that template.yaml gives it, and on no other's."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base.settings import Settings
from lambdo.mails.models import LIFETIMES
from tests.support.mailbox import Post
from tools.in_process.api import PASSWORD, Api, Caller
from tools.in_process.mail_tokens import issue
from tools.in_process.stream import Stream

NAMES = {name.upper() for name in vars(Settings) if not name.startswith("_")}


def test_settings_are_what_the_template_declares(api: Api) -> None:
    declared = {name for function in api.application.functions.values() for name in function.environment}
    of_powertools = "POWERTOOLS_LOG_LEVEL"  # which Powertools reads itself
    assert {name for name in declared - {of_powertools} if not name.startswith(("AWS_", "_"))} == NAMES


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("POST", "/api/auth/register", {"email": "env@example.com", "password": PASSWORD}, {201, 409}),
    ("POST", "/api/auth/login", {"email": "{email}", "password": PASSWORD}, {200}),
    ("POST", "/api/auth/refresh", {"refresh_token": "{refresh_token}"}, {200}),
    ("POST", "/api/auth/logout", {"refresh_token": "{refresh_token}"}, {204}),
    ("POST", "/api/auth/logout", None, {204}),
    ("GET", "/api/auth/me", None, {200}),
    ("GET", "/api/health", None, {200}),
    ("GET", "/.well-known/jwks.json", None, {200}),
    ("GET", "/", None, {200}),
    ("GET", "/app", None, {200}),
    ("GET", "/docs", None, {200}),
    ("GET", "/openapi.json", None, {200}),
    ("POST", "tasks", {"title": "x"}, {201}),
    ("GET", "tasks", None, {200}),
    ("GET", "tasks/{id}", None, {200}),
    ("PUT", "tasks/{id}", {"title": "x"}, {200}),
    ("PATCH", "tasks/{id}", {"priority": "high"}, {200}),
    ("PATCH", "tasks/{id}/complete", None, {200}),
    ("DELETE", "tasks/{id}", None, {204}),
    ("PUT", "tasks/{id}/tags/{tag}", None, {200}),
    ("DELETE", "tasks/{id}/tags/{tag}", None, {204}),
    ("GET", "tags", None, {200}),
    ("POST", "tags", {"name": "x"}, {201}),
    ("GET", "tags/{tag}", None, {200}),
    ("PUT", "tags/{tag}", {"name": "y"}, {200}),
    ("PATCH", "tags/{tag}", {"color": None}, {200}),
    ("DELETE", "tags/{tag}", None, {204}),
    ("PATCH", "/api/auth/me", {"time_zone": "Europe/Prague"}, {200}),
    ("POST", "/api/auth/email/resend", None, {202}),
    ("POST", "/api/auth/email/verify", {"token": "{verify_email}"}, {204}),
    ("POST", "/api/auth/password/forgot", {"email": "{email}"}, {202}),
    ("POST", "/api/auth/password/reset", {"token": "{reset_password}", "password": "not so common"}, {204}),
    ("DELETE", "/api/auth/me", {"password": PASSWORD}, {202}),
])  # fmt: skip
def test_endpoint_runs_on_its_own_variables(
    user: Caller, setting: Callable[..., None], method: str, path: str, body: Any, status: set[int]
) -> None:
    values = {"{email}": user.email, "{refresh_token}": user.refresh_token}
    values |= {f"{{{purpose}}}": issue(user, purpose) for purpose in LIFETIMES}
    body = {name: values.get(value, value) for name, value in body.items()} if body else body
    path = path.replace("{id}", user.create_task()["id"]).replace("{tag}", user.create_tag()["id"])
    verdict = user.api.authorize(f"Bearer {user.access_token}")
    full = path if path.startswith("/") else f"/api/me/{path}"
    function = user.api.application.functions[user.api.route(method, full)[0].function]
    setting(**dict.fromkeys(NAMES - function.environment.keys() & NAMES))
    assert not (NAMES - function.environment.keys()) & os.environ.keys()
    assert user.call(method, full, body, verdict=verdict).status in status


def test_stream_function_runs_on_its_own_variables(user: Caller, setting: Callable[..., None], stream: Stream) -> None:
    tag = user.create_tag()
    user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tags/{tag['id']}")
    functions = user.api.application.functions.values()
    (function,) = [one for one in functions if one.handler.startswith("finish_deletions.")]
    setting(**dict.fromkeys(NAMES - function.environment.keys() & NAMES))
    stream.drain()


def test_function_that_sends_mails_runs_on_its_own_variables(
    user: Caller, setting: Callable[..., None], post: Post
) -> None:
    (function,) = [one for one in user.api.application.functions.values() if one.handler.startswith("send_mail.")]
    setting(**dict.fromkeys(NAMES - function.environment.keys() & NAMES))
    assert user.email in {mail.recipient for mail in post.deliver()}


def test_authorizer_runs_on_its_own_variables(user: Caller, setting: Callable[..., None]) -> None:
    (authorizer,) = [one for one in user.api.application.functions.values() if one.handler.startswith("authorizer.")]
    setting(**dict.fromkeys(NAMES - authorizer.environment.keys() & NAMES))
    assert user.api.authorize(f"Bearer {user.access_token}")["user_id"] == user.id


def test_missing_variable_is_a_500_that_does_not_name_it(user: Caller, setting: Callable[..., None]) -> None:
    user.create_task()
    user.create_task()
    setting(CURSOR_KEYS_PARAMETER=None)
    answer = user.call("GET", "tasks", query="limit=1")
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert "CURSOR_KEYS_PARAMETER" not in answer.text
    assert "environment variable CURSOR_KEYS_PARAMETER is not set" in answer.log


def test_missing_key_set_is_a_500_that_does_not_name_it(user: Caller, setting: Callable[..., None]) -> None:
    setting(SIGNING_KEYS_PARAMETER="/lambdo/nowhere/signing-keys")
    answer = user.api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD})
    assert answer.status == 500
    assert "nowhere" not in answer.text
    assert "the key set /lambdo/nowhere/signing-keys does not exist" in answer.log
