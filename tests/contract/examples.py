"""The story that the examples of openapi.json are taken from: each request really sent, each answer really given.

Only what would change with each run is fixed: times, ids, and texts that are secret or signed.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from lambdo.base import ids, times
from tools.in_process.api import UNKNOWN_ID, Answer, Api, Caller
from tools.in_process.mail_tokens import issue
from tools.in_process.network import Network, cancelled, error
from tools.openapi.document import operation_id
from tools.openapi.examples import Exchange

BEGINNING = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FORM = {"content-type": "application/x-www-form-urlencoded"}
MERGE_PATCH = {"content-type": "application/merge-patch+json"}
ADA = {"email": "ada@example.org", "password": "correct-horse-battery"}
NEW_PASSWORD = "another-good-passphrase"
KEY = {"idempotency-key": "5f2c6e1a-7a0f-4c1e-9a52-0d6d3f1c8e77"}
FIXED = {
    "access_token": "eyJhbGciOiJFZERTQSIsImtpZCI6IjEi…",
    "refresh_token": "AaH9OF6mfsCtuvjGCHcaiAGh_ThgxW4n…",
    "token": "AaH91zeheRegP-oe1UtfJ-RB8q6JvQ2k…",
    "next_cursor": "Qp1gtCIYMD3pgh6TljhVmTAxYTFmZDM4…",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "01a1fd38-0000-7ec0-adba-f8c608771a88",
}


class Clock:
    """Goes on by a second when it is told to, from ten minutes ago, so that tokens are good; what is shown begins at BEGINNING."""

    def __init__(self) -> None:
        self._start = self.now = times.now().replace(microsecond=0) - timedelta(minutes=10)

    def tick(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)

    def shown(self, text: str) -> str:
        """Return the text with each of the clock's times moved."""
        return TIME.sub(lambda match: times.rfc3339(datetime.fromisoformat(match[0]) - self._start + BEGINNING), text)


class Story:
    """Requests, and what is kept of them."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self.exchanges: list[Exchange] = []
        self._api, self._clock = api, clock
        self._numbers = itertools.count(1)

    def tell(self, name: str, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Send a request, and keep it with its answer under a name."""
        self._clock.tick()
        request_id = f"bTwvH7Xfz3mmni{next(self._numbers):02}="
        answer = self._api.call(method, path, body, request_id=request_id, **options)
        route, path_parameters = self._api.route(method, path)
        media_type = options.get("headers", {}).get("content-type", "application/json")
        sent = dict(parse_qsl(options["raw"])) if media_type == FORM["content-type"] else body
        exchange = Exchange(
            name=name,
            operation_id=operation_id(self._api.application, route),
            path_parameters=path_parameters,
            media_type=media_type,
            sent=self._fixed(sent),
            status=answer.status,
            answered=self._fixed(answer.json) if answer.text else None,
        )
        self.exchanges.append(exchange)
        return answer

    def _fixed(self, value: Any) -> Any:
        match value:
            case str():
                return self._clock.shown(value)
            case list():
                return [self._fixed(one) for one in value]
            case dict():
                return {
                    name: FIXED[name] if name in FIXED and one else one if name == "due_date" else self._fixed(one)
                    for name, one in value.items()
                }
            case _:
                return value


def record(api: Api, network: Network, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> list[Exchange]:
    """Tell the whole story, and return its exchanges."""
    clock, numbers = Clock(), itertools.count(1)
    monkeypatch.setattr(times, "now", lambda: clock.now)
    monkeypatch.setattr(ids, "new_id", lambda: f"01a1fd38-{next(numbers):04x}-7ec0-adba-f8c608771a88")
    story = Story(api, clock)
    _service(story)
    ada = _log_in(story, api)
    tags = _tags(story, ada)
    _tasks(story, ada, tags)
    _lists(story, ada, tags)
    _trash(story, ada)
    _failures(story, ada, network)
    _account(story, api, ada, clock, setting)
    return story.exchanges


def _service(story: Story) -> None:
    story.tell("Available", "GET", "/api/health")
    story.tell("The public keys", "GET", "/.well-known/jwks.json")
    story.tell("File not found", "GET", "/app/unknown.js")


def _log_in(story: Story, api: Api) -> Caller:
    story.tell("A new account", "POST", "/api/auth/register", {**ADA, "name": "Ada"})
    story.tell("Address already in use", "POST", "/api/auth/register", ADA)
    story.tell("Wrong password", "POST", "/api/auth/login", {**ADA, "password": "a wrong password"})
    story.tell("OAuth 2.0 form", "POST", "/api/auth/login", raw=_form(ADA), headers=FORM)
    story.tell("With a cookie", "POST", "/api/auth/login", {**ADA, "cookie": True})
    login = story.tell("JSON", "POST", "/api/auth/login", ADA)
    return Caller(api, ADA["email"], login.json)


def _form(login: Mapping[str, str]) -> str:
    return f"username={login['email']}&password={login['password']}"


def _tags(story: Story, ada: Caller) -> list[str]:
    path, as_ada = "/api/me/tags", {"token": ada.access_token}
    home = story.tell("With a colour", "POST", path, {"name": "Home", "color": "#2e8b57"}, **as_ada).json["id"]
    work = story.tell("Only a name", "POST", path, {"name": "Work"}, **as_ada).json["id"]
    story.tell("Name already in use", "POST", path, {"name": "HOME"}, **as_ada)
    story.tell("Two tags", "GET", path, **as_ada)
    story.tell("A tag", "GET", f"{path}/{home}", **as_ada)
    story.tell("Not changed", "GET", f"{path}/{home}", headers={"if-none-match": '"v1"'}, **as_ada)
    story.tell("Another colour", "PATCH", f"{path}/{work}", {"color": "#1e90ff"}, **as_ada)
    story.tell("Another name", "PUT", f"{path}/{work}", {"name": "Office"}, **as_ada)
    story.tell("Tag not found", "GET", f"{path}/{UNKNOWN_ID}", **as_ada)
    return [home, work]


def _tasks(story: Story, ada: Caller, tags: list[str]) -> None:
    path, as_ada = "/api/me/tasks", {"token": ada.access_token}
    milk = f"{path}/{story.tell('Only a title', 'POST', path, {'title': 'Buy milk'}, **as_ada).json['id']}"
    report = {
        "title": "Write the report",
        "description": "Ten pages.\nNo more.",
        "priority": "high",
        "due_date": "2026-12-01",
        "tag_ids": tags[1:],
    }
    report_path = f"{path}/{story.tell('All fields', 'POST', path, report, **as_ada).json['id']}"
    call = {"title": "Call Grace", "due_date": "2026-11-23T15:00:00+01:00"}
    story.tell("Due at a point in time", "POST", path, call, headers=KEY, **as_ada)
    story.tell("Key reused with another body", "POST", path, {"title": "Call Alan"}, headers=KEY, **as_ada)
    story.tell("A task", "GET", report_path, **as_ada)
    story.tell("Not changed", "GET", milk, headers={"if-none-match": '"v1"'}, **as_ada)
    story.tell("Task not found", "GET", f"{path}/{UNKNOWN_ID}", **as_ada)
    story.tell("Another user's path", "GET", f"/api/{UNKNOWN_ID}/tasks", **as_ada)
    story.tell("Another title", "PATCH", milk, {"title": "Buy oat milk"}, **as_ada)
    story.tell("Clear a field", "PATCH", report_path, {"due_date": None}, headers=MERGE_PATCH, **as_ada)
    story.tell("With PUT", "PUT", milk, {"priority": "low"}, **as_ada)
    story.tell("The task has changed", "PATCH", milk, {"title": "Buy milk"}, headers={"if-match": '"v1"'}, **as_ada)
    story.tell("Complete", "PATCH", f"{milk}/complete", {"completed": True}, **as_ada)
    story.tell("Toggle", "PATCH", f"{milk}/complete", **as_ada)
    story.tell("Add a tag", "PUT", f"{milk}/tags/{tags[0]}", **as_ada)
    story.tell("Remove a tag", "DELETE", f"{milk}/tags/{tags[0]}", **as_ada)
    operations = [
        {"op": "create", "task": {"title": "Water the plants"}},
        {"op": "update", "task_id": milk.rsplit("/", maxsplit=1)[-1], "changes": {"description": "Two bottles"}},
        {"op": "complete", "task_id": report_path.rsplit("/", maxsplit=1)[-1], "completed": True},
        {"op": "delete", "task_id": UNKNOWN_ID},
    ]
    story.tell("One fails, the others do not", "POST", f"{path}/bulk", {"operations": operations}, **as_ada)


def _lists(story: Story, ada: Caller, tags: list[str]) -> None:
    path, as_ada = "/api/me/tasks", {"token": ada.access_token}
    story.tell("A page of two", "GET", path, query="limit=2", **as_ada)
    story.tell("By tag", "GET", path, query=f"tag={tags[1]}", **as_ada)
    story.tell("Cursor of another list", "GET", path, query="cursor=abc", **as_ada)


def _trash(story: Story, ada: Caller) -> None:
    path, as_ada = "/api/me/tasks", {"token": ada.access_token}
    newest = ada.call("GET", "tasks", query="limit=1").json["items"][0]["id"]
    story.tell("Move to the trash", "DELETE", f"{path}/{newest}", **as_ada)
    story.tell("One deleted task", "GET", f"{path}/trash", **as_ada)
    story.tell("Restore", "POST", f"{path}/trash/{newest}/restore", **as_ada)
    ada.call("DELETE", f"tasks/{newest}")
    story.tell("One task deleted", "DELETE", f"{path}/trash", **as_ada)
    unwanted = ada.create_tag(name="Unwanted")["id"]
    story.tell("A tag", "DELETE", f"/api/me/tags/{unwanted}", **as_ada)


def _failures(story: Story, ada: Caller, network: Network) -> None:
    path, title, as_ada = "/api/me/tasks", {"title": "x"}, {"token": ada.access_token}
    story.tell("Invalid fields", "POST", path, {"title": " ", "priority": "urgent", "owner": "me"}, **as_ada)
    story.tell("Not JSON", "POST", path, raw="{", **as_ada)
    story.tell("Not a JSON media type", "POST", path, raw="title=x", headers=FORM, **as_ada)
    story.tell("Body too large", "POST", path, {"title": "x" * 70_000}, **as_ada)
    story.tell("Not an entity tag", "PATCH", f"{path}/{UNKNOWN_ID}", title, headers={"if-match": "v1"}, **as_ada)
    story.tell("Forged token", "GET", path, token=f"{ada.access_token[:-4]}AAAA")
    network.plan = [cancelled("None", "TransactionConflict")] * 4
    story.tell("Key in use", "POST", path, title, headers={"idempotency-key": "1"}, **as_ada)
    network.plan = [error("ItemCollectionSizeLimitExceededException")]
    story.tell("Storage full", "POST", path, title, **as_ada)
    network.plan = [error("ThrottlingException")] * 4
    story.tell("DynamoDB throttles", "POST", path, title, **as_ada)
    network.plan = [error("AccessDeniedException")]
    story.tell("Internal error", "POST", path, title, **as_ada)
    network.plan = []


def _account(story: Story, api: Api, ada: Caller, clock: Clock, setting: Callable[..., None]) -> None:
    me, auth = "/api/auth/me", "/api/auth"
    reset = {"token": issue(ada, "reset_password"), "password": ADA["password"]}
    story.tell("Token from the email", "POST", f"{auth}/password/reset", reset)
    ada = [api.log_in(**ADA) for _ in range(3)][-1]
    as_ada = {"token": ada.access_token}
    story.tell("The user", "GET", me, **as_ada)
    story.tell("Not changed", "GET", me, headers={"if-none-match": '"v1"'}, **as_ada)
    story.tell("A time zone", "PATCH", me, {"time_zone": "Europe/Berlin"}, **as_ada)
    story.tell("Resend", "POST", f"{auth}/email/resend", **as_ada)
    story.tell("Token from the email", "POST", f"{auth}/email/verify", {"token": issue(ada, "verify_email")})
    story.tell("Invalid link", "POST", f"{auth}/email/verify", {"token": "AaH9"})
    story.tell("Any address", "POST", f"{auth}/password/forgot", {"email": ADA["email"]})
    setting(MAIL="off")
    story.tell("Emails are off", "POST", f"{auth}/password/forgot", {"email": ADA["email"]})
    setting(MAIL="on", LOG_IN_FAILURES_PER_ACCOUNT="1")
    story.tell("Too many wrong passwords", "POST", f"{auth}/login", {**ADA, "password": "a wrong password"})
    setting(LOG_IN_FAILURES_PER_ACCOUNT="5")
    sessions = story.tell("Three devices", "GET", f"{auth}/sessions", **as_ada).json["items"]
    story.tell("One device", "DELETE", f"{auth}/sessions/{sessions[-1]['id']}", **as_ada)
    story.tell("Already logged out", "DELETE", f"{auth}/sessions/{sessions[-1]['id']}", **as_ada)
    story.tell("All other devices", "DELETE", f"{auth}/sessions", **as_ada)
    change = {"current_password": ADA["password"], "new_password": NEW_PASSWORD}
    story.tell("A new password", "POST", f"{auth}/password", change, **as_ada)
    refresh = {"refresh_token": ada.refresh_token}
    following = story.tell("New tokens", "POST", f"{auth}/refresh", refresh).json
    clock.tick(seconds=60)
    story.tell("Reused token", "POST", f"{auth}/refresh", refresh)
    story.tell("Session has ended", "POST", f"{auth}/refresh", {"refresh_token": following["refresh_token"]})
    story.tell("By refresh token", "POST", f"{auth}/logout", refresh)
    as_ada = {"token": api.log_in(ADA["email"], NEW_PASSWORD).access_token}
    story.tell("Wrong password", "DELETE", me, {"password": ADA["password"]}, **as_ada)
    story.tell("The right password", "DELETE", me, {"password": NEW_PASSWORD}, **as_ada)
    story.tell("Account deleted", "GET", me, **as_ada)
