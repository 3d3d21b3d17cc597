"""A good request to every route of template.yaml: what its answer shows, and what else a client may not send along."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from lambdo.sessions import refresh_tokens
from tests.faults.cases import IDEMPOTENT
from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, UNKNOWN_ID, Answer, Caller
from tools.in_process.mail_tokens import issue
from tools.local.application import Application

USER = {"id", "email", "email_verified", "name", "time_zone", "created_at", "version"}
TOKENS = {"access_token", "refresh_token", "token_type", "expires_in"}
SESSION = {"id", "user_agent", "created_at", "last_used_at", "expires_at", "current"}
TAG = {"id", "name", "color", "version", "created_at", "updated_at"}
TASK = {
    "id", "user_id", "title", "description", "completed", "completed_at", "priority", "due_date", "tags", "name", "color",
    "version", "created_at", "updated_at",
}  # fmt: skip
KEYS = {"keys", "kty", "crv", "use", "alg", "kid", "x"}
NOTHING: set[str] = set()


class Good(NamedTuple):
    """A good request, with the names of all members that its answer has, at any depth."""

    method: str
    path: str
    shows: set[str]
    body: dict[str, Any] | None = None


REQUESTS = [
    Good("GET", "/", NOTHING),
    Good("GET", "/.well-known/jwks.json", KEYS),
    Good("POST", "/api/auth/email/resend", NOTHING),
    Good("POST", "/api/auth/email/verify", NOTHING, {"token": "{verify_email}"}),
    Good("POST", "/api/auth/login", TOKENS | {"user"} | USER, {"email": "{email}", "password": PASSWORD}),
    Good("POST", "/api/auth/logout", NOTHING, {"refresh_token": "{refresh_token}"}),
    Good("GET", "/api/auth/me", USER),
    Good("PATCH", "/api/auth/me", USER, {"name": "Ada"}),
    Good("DELETE", "/api/auth/me", NOTHING, {"password": PASSWORD}),
    Good(
        "POST", "/api/auth/password", NOTHING, {"current_password": PASSWORD, "new_password": "another good passphrase"}
    ),
    Good("POST", "/api/auth/password/forgot", NOTHING, {"email": "{email}"}),
    Good("POST", "/api/auth/password/reset", NOTHING, {"token": "{reset_password}", "password": "not so common"}),
    Good("POST", "/api/auth/refresh", TOKENS, {"refresh_token": "{refresh_token}"}),
    Good("POST", "/api/auth/register", USER, {"email": "new.{email}", "password": PASSWORD, "name": "Grace"}),
    Good("GET", "/api/auth/sessions", {"items"} | SESSION),
    Good("DELETE", "/api/auth/sessions", NOTHING),
    Good("DELETE", "/api/auth/sessions/{session_id}", NOTHING),
    Good("GET", "/api/health", {"status"}),
    Good("GET", "/api/{user_id}/tags", {"items"} | TAG),
    Good("POST", "/api/{user_id}/tags", TAG, {"name": "new"}),
    Good("GET", "/api/{user_id}/tags/{tag_id}", TAG),
    Good("PUT", "/api/{user_id}/tags/{tag_id}", TAG, {"name": "new"}),
    Good("PATCH", "/api/{user_id}/tags/{tag_id}", TAG, {"color": "#00ff00"}),
    Good("DELETE", "/api/{user_id}/tags/{tag_id}", NOTHING),
    Good("GET", "/api/{user_id}/tasks", {"items", "next_cursor"} | TASK),
    Good("POST", "/api/{user_id}/tasks", TASK, {"title": "new", "tag_ids": ["{tag_id}"]}),
    Good(
        "POST",
        "/api/{user_id}/tasks/bulk",
        {"results", "status", "task"} | TASK,
        {"operations": [{"op": "complete", "task_id": "{task_id}"}, {"op": "delete", "task_id": "{task_id}"}]},
    ),
    Good("GET", "/api/{user_id}/tasks/trash", {"items", "next_cursor", "deleted_at", "expires_at"} | TASK),
    Good("DELETE", "/api/{user_id}/tasks/trash", {"deleted", "more"}),
    Good("POST", "/api/{user_id}/tasks/trash/{task_id}/restore", TASK),
    Good("GET", "/api/{user_id}/tasks/{task_id}", TASK),
    Good("PUT", "/api/{user_id}/tasks/{task_id}", TASK, {"title": "new"}),
    Good("PATCH", "/api/{user_id}/tasks/{task_id}", TASK, {"priority": "high"}),
    Good("DELETE", "/api/{user_id}/tasks/{task_id}", NOTHING),
    Good("PATCH", "/api/{user_id}/tasks/{task_id}/complete", TASK, {"completed": True}),
    Good("PUT", "/api/{user_id}/tasks/{task_id}/tags/{tag_id}", TASK),
    Good("DELETE", "/api/{user_id}/tasks/{task_id}/tags/{tag_id}", NOTHING),
    Good("GET", "/app", NOTHING),
    Good("GET", "/app/{path+}", NOTHING),
    Good("GET", "/docs", NOTHING),
    Good("GET", "/docs/{file}", NOTHING),
    Good("GET", "/openapi.json", NOTHING),
]
MORE = {"id": UNKNOWN_ID, "user_id": UNKNOWN_ID, "created_at": "2000-01-01T00:00:00Z", "version": 7, "is_admin": True}


def each(requests: Sequence[Good]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("good", requests, ids=lambda good: f"{good.method} {good.path}")


each_request = each(REQUESTS)
each_body = each([good for good in REQUESTS if good.body])
each_page = each([good for good in REQUESTS if not good.path.startswith(("/api/", "/.well-known/"))])
each_keyed = each([good for good in REQUESTS if good.method != "GET" and good.path not in IDEMPOTENT])

type Dump = Callable[[], list[dict[str, Any]]]


class Desk:
    """A user with a task that has a tag and one in the trash, and the requests that this user makes."""

    def __init__(self, user: Caller) -> None:
        self.user = user
        tag = user.create_tag()
        task, trashed = (user.create_task(tag_ids=[tag["id"]]) for _ in range(2))
        user.call("DELETE", f"tasks/{trashed['id']}")
        self.values = {
            "trash/{task_id}": f"trash/{trashed['id']}",
            "{email}": user.email,
            "{refresh_token}": user.refresh_token,
            "{user_id}": "me",
            "{session_id}": refresh_tokens.parse(user.refresh_token).session_id,
            "{tag_id}": tag["id"],
            "{task_id}": task["id"],
            "{path+}": "today",
            "{file}": "errors",
            "{verify_email}": issue(user, "verify_email"),
            "{reset_password}": issue(user, "reset_password"),
        }

    def filled(self, value: Any) -> Any:
        """Return a path or body with its placeholders replaced."""
        match value:
            case dict():
                return {name: self.filled(one) for name, one in value.items()}
            case list():
                return [self.filled(one) for one in value]
            case str():
                for placeholder, known in self.values.items():
                    value = value.replace(placeholder, known)
        return value

    def send(self, good: Good, also: dict[str, Any] | None = None, **options: Any) -> Answer:
        """Send the request, with more members in its body."""
        body = {**self.filled(good.body or {}), **also} if also else self.filled(good.body)
        return self.user.call(good.method, self.filled(good.path), body, **options)


@pytest.fixture
def desk(user: Caller) -> Desk:
    return Desk(user)


def members(value: Any) -> Iterator[str]:
    """Yield the name of every member at any depth."""
    if isinstance(value, dict):
        yield from value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from members(one)


def stored_hashes(items: list[dict[str, Any]]) -> set[str]:
    return {value["S"] for item in items for name, value in item.items() if "hash" in name}


def test_requests_are_to_every_route_of_the_template(application: Application) -> None:
    routes = [(route.method, route.path) for route in application.routes]
    assert sorted((good.method, good.path) for good in REQUESTS) == sorted(routes)


@pytest.mark.check("A05")
@each_request
def test_answer_shows_the_declared_members_and_nothing_of_the_table(desk: Desk, dump: Dump, good: Good) -> None:
    hashes = stored_hashes(dump())
    answer = desk.send(good)
    assert answer.status < 300, answer.text
    assert set(members(answer.json) if answer.text and not answer.is_page else ()) == good.shows
    assert not [secret for secret in hashes | stored_hashes(dump()) if secret in answer.text]
    assert not [key for key in ("USER#", "TASK#", "TRASH#", "TAG#", "SESSION#", "EMAIL#") if key in answer.text]


@pytest.mark.check("A02", "A04")
@each_body
def test_members_that_are_not_the_clients_are_refused_422_and_nothing_changes(
    desk: Desk, dump: Dump, good: Good
) -> None:
    before = dump()
    answer = desk.send(good, MORE)
    assert_problem(answer, 422, "invalid_fields")
    assert {error["loc"][-1] for error in answer.json["errors"]} == MORE.keys()
    assert dump() == before


@pytest.mark.check("A02")
@each_request
def test_another_user_named_beside_the_path_is_neither_seen_nor_touched(
    desk: Desk, stranger: Caller, dump: Dump, good: Good
) -> None:
    theirs = stranger.create_task(title="theirs")

    def of_the_stranger() -> list[dict[str, Any]]:
        return [item for item in dump() if item["pk"]["S"] in {f"USER#{stranger.id}", f"EMAIL#{stranger.email}"}]

    before = of_the_stranger()
    headers = {"x-user-id": stranger.id, "x-forwarded-user": stranger.email, "x-amzn-oidc-identity": stranger.id}
    also = None if good.body else {"user_id": stranger.id}
    answer = desk.send(good, also, query=f"user_id={stranger.id}", headers=headers)
    assert answer.status < 300 or answer.status == 422, answer.text
    assert not [one for one in (stranger.id, stranger.email, theirs["id"], "theirs") if one in answer.text]
    assert of_the_stranger() == before


@each_request
def test_body_over_the_limit_is_refused(desk: Desk, good: Good) -> None:
    answer = desk.user.call(good.method, desk.filled(good.path), raw="x" * (2**20 + 1))
    assert_problem(answer, 413, "content_too_large")


@each_body
def test_body_that_is_no_json_is_refused(desk: Desk, good: Good) -> None:
    answer = desk.user.call(good.method, desk.filled(good.path), raw="{")
    assert_problem(answer, 400, "malformed_json")


@each_body
def test_body_of_another_media_type_is_refused(desk: Desk, good: Good) -> None:
    assert_problem(desk.send(good, headers={"content-type": "text/plain"}), 415, "unsupported_media_type")


@each_keyed
def test_key_with_another_body_is_refused_and_without_effect(desk: Desk, good: Good, dump: Dump) -> None:
    key = {"idempotency-key": UNKNOWN_ID}
    assert desk.send(good, headers=key).status < 300
    before = _but_counters(dump())
    body = json.dumps(desk.filled(good.body)) if good.body else ""
    answer = desk.user.call(good.method, desk.filled(good.path), raw=f"{body} ", headers=key)
    assert_problem(answer, 422, "idempotency_key_reused")
    assert _but_counters(dump()) == before


@each_page
def test_page_that_the_client_has_is_answered_304(desk: Desk, good: Good) -> None:
    etag = desk.send(good).headers["etag"]
    answer = desk.send(good, headers={"if-none-match": etag})
    assert (answer.status, answer.content, answer.headers["etag"]) == (304, b"", etag)


def _but_counters(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the throttles' counters, which count each attempt."""
    return [item for item in items if not item["pk"]["S"].startswith("THROTTLE#")]
