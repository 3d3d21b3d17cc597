"""What the API promises, in plain dictionaries: one request after another, and no table, index, retry or clean-up.

A method has the name of the function whose answers it foretells; it returns status and body, or raises the refusal.
Only what a server makes up, ids and tokens, is taken from its answer (`made`).
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lambdo.base import times
from tests.support.lists import expected

type Json = dict[str, Any]

PUBLIC = {"register", "log_in", "refresh_session", "log_out"}
OF_A_SESSION = {"list_sessions", "change_password", "delete_sessions"}
GRACE = timedelta(seconds=30)
KEPT = timedelta(days=1)
LIFETIME = timedelta(days=30)  # of sessions, and of tasks in the trash


class RefusedError(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.status, self.code = status, code


class Request(NamedTuple):
    """What is asked: the function's name, whose token is sent, and what the function needs of path, headers and body."""

    operation: str
    user_id: str
    session_id: str
    arguments: Json
    key: str | None = None

    def fingerprint(self) -> str:
        """Return what the same key must not come with two of."""
        return json.dumps({name: value for name, value in self.arguments.items() if name != "if_match"})


class Expected(NamedTuple):
    """What is answered: the status, the body or the code of the refusal, and whether it is an answer given before."""

    status: int
    said: Any = None
    replayed: bool = False


class Record(NamedTuple):
    """What came of a request with a key."""

    fingerprint: str
    expires: datetime
    answer: Expected


@dataclass
class Session:
    created: datetime
    used: datetime
    tokens: list[str]  # all refresh tokens that it had; the last is the live one
    ended: bool = False


@dataclass
class Account:
    user: Json  # users and tags are as the API shows them, tasks likewise but for `tag_ids`
    password: str
    sessions: dict[str, Session] = field(default_factory=dict)
    tags: dict[str, Json] = field(default_factory=dict)
    leaving_tags: set[str] = field(default_factory=set)  # deleted, but not yet taken off their tasks
    tasks: dict[str, Json] = field(default_factory=dict)
    trash: dict[str, Json] = field(default_factory=dict)  # tasks with `deleted_at`, a moment


class Model:
    now: datetime  # the request's, likewise:
    made: Json

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}  # by user id; deleted ones are gone
        self.records: dict[tuple[str, str, str], Record] = {}  # by owner, operation and key

    def answer(self, request: Request, now: datetime, made: Json) -> Expected:
        """Carry out a request, or repeat what came of it if its key was met."""
        self.now, self.made = now, made
        try:
            if request.operation == "change_tasks":
                return self._change_tasks(request, now, made)
            return self._once(request, request.key, lambda: self._carry_out(request))
        except RefusedError as refused:
            return Expected(refused.status, refused.code)

    def _carry_out(self, request: Request) -> Expected:
        operation, arguments = getattr(self, request.operation), request.arguments
        if request.operation in PUBLIC:
            answer: Expected = operation(**arguments)
        elif request.operation in OF_A_SESSION:
            answer = operation(self._account(request.user_id), request.session_id, **arguments)
        else:
            answer = operation(self._account(request.user_id), **arguments)
        return answer

    def _once(self, request: Request, key: str | None, act: Callable[[], Expected]) -> Expected:
        """Return what comes of the act or, if the key was met before, of that time; refusals leave no record."""
        if key is None:
            return act()
        record = self.records.get((self._owner(request), request.operation, key))
        if record is None or _seconds(record.expires) <= _seconds(self.now):
            answer = act()
            record = Record(request.fingerprint(), self.now + KEPT, answer)
            self.records[self._owner(request), request.operation, key] = record
            return answer
        if record.fingerprint != request.fingerprint():
            raise RefusedError(422, "idempotency_key_reused")
        answer = record.answer._replace(replayed=True)
        if request.operation == "log_in":  # the same session, with a new access token
            account = self._authenticated(**request.arguments)
            new = {"access_token": self.made.get("access_token"), "user": dict(account.user)}
            answer = answer._replace(said={**answer.said, **new})
        return answer

    def _change_tasks(self, request: Request, now: datetime, made: Json) -> Expected:
        """Carry out many operations, each as if it were alone and, if there is a key, with a record of its own."""
        operations, dry_run = request.arguments["body"]["operations"], request.arguments["body"]["dry_run"]
        key = None if dry_run else request.key
        answer = self._once(request, key, lambda: Expected(200))
        results = []
        for number, (operation, its) in enumerate(zip(operations, made["results"], strict=True)):
            model = copy.deepcopy(self) if dry_run else self
            part = _part(request, operation)._replace(key=key and f"{key}, part {number}")
            results.append(model.answer(part, now, its.get("task", {}))._replace(replayed=False))
        return answer._replace(said=results)

    def _owner(self, request: Request) -> str:
        """Return whose record it is: who logs in must be known before."""
        if request.operation == "log_in":
            return str(self._authenticated(**request.arguments).user["id"])
        if request.operation == "register":
            account = self._by_email(request.arguments["body"]["email"])
            return account.user["id"] if account else ""
        return request.user_id

    # ---- accounts

    def register(self, body: Json) -> Expected:
        email = body["email"].lower()
        if self._by_email(email):
            raise RefusedError(409, "email_already_exists")
        user = {
            "id": self.made.get("id"),
            "email": email,
            "email_verified": False,
            "name": None,
            "time_zone": "UTC",
            "created_at": times.rfc3339(self.now),
            "version": 1,
        }
        self.accounts[user["id"]] = Account(user, body["password"])
        return Expected(201, dict(user))

    def get_me(self, account: Account) -> Expected:
        return Expected(200, dict(account.user))

    def update_me(self, account: Account, body: Json, if_match: int | None = None) -> Expected:
        _check(account.user, if_match)
        _change(account.user, body)
        return Expected(200, dict(account.user))

    def change_password(self, account: Account, current_id: str, body: Json) -> Expected:
        if body["current_password"] != account.password:
            raise RefusedError(403, "wrong_password")
        if not self.lives(account.sessions[current_id]):
            raise RefusedError(401, "invalid_token")
        account.password = body["new_password"]
        _end(account, but=current_id)
        return Expected(204)

    def delete_me(self, account: Account, body: Json, if_match: int | None = None) -> Expected:
        _check(account.user, if_match)
        if body["password"] != account.password:
            raise RefusedError(403, "wrong_password")
        del self.accounts[account.user["id"]]
        return Expected(202)

    # ---- sessions

    def log_in(self, body: Json) -> Expected:
        account = self._authenticated(body)
        session = Session(self.now, self.now, [self.made.get("refresh_token", "")])
        account.sessions[self.made.get("session_id", "")] = session
        return Expected(200, {**self._tokens(session), "user": dict(account.user)})

    def refresh_session(self, body: Json) -> Expected:
        token = body["refresh_token"]
        session = self._by_token(token)
        if session is None or not self.lives(session):
            raise RefusedError(401, "invalid_refresh_token")
        if token == session.tokens[-1]:
            session.tokens.append(self.made.get("refresh_token", ""))
            session.used = self.now
        elif token != session.tokens[-2] or _seconds(self.now) - _seconds(session.used) > GRACE.seconds:
            session.ended = True
            raise RefusedError(401, "refresh_token_reused")
        return Expected(200, self._tokens(session))

    def log_out(self, body: Json) -> Expected:
        session = self._by_token(body["refresh_token"])
        if session and body["refresh_token"] in session.tokens[-2:]:
            session.ended = True
        return Expected(204)

    def list_sessions(self, account: Account, current_id: str) -> Expected:
        shown = [
            {
                "id": one,
                "user_agent": None,
                "created_at": times.rfc3339(session.created),
                "last_used_at": times.rfc3339(session.created)
                if len(session.tokens) == 1
                else times.of_unix(_seconds(session.used)),
                "expires_at": times.of_unix(_seconds(session.created + LIFETIME)),
                "current": one == current_id,
            }
            for one, session in sorted(account.sessions.items(), reverse=True)
            if self.lives(session)
        ]
        return Expected(200, {"items": shown})

    def delete_session(self, account: Account, ended_id: str) -> Expected:
        session = account.sessions.get(ended_id)
        if session is None or session.ended:
            raise RefusedError(404, "session_not_found")
        session.ended = True
        return Expected(204)

    def delete_sessions(self, account: Account, current_id: str, query: Json) -> Expected:
        if query:
            _end(account)
        elif not self.lives(account.sessions[current_id]):
            raise RefusedError(401, "invalid_token")
        else:
            _end(account, but=current_id)
        return Expected(204)

    # ---- tags

    def create_tag(self, account: Account, body: Json) -> Expected:
        _check_name(account, body["name"], but=None)
        now = times.rfc3339(self.now)
        tag = {"id": self.made.get("id"), **body, "version": 1, "created_at": now, "updated_at": now}
        account.tags[tag["id"]] = tag
        return Expected(201, dict(tag))

    def get_tag(self, account: Account, tag_id: str) -> Expected:
        return Expected(200, dict(_find(account.tags, tag_id, "tag_not_found")))

    def list_tags(self, account: Account) -> Expected:
        return Expected(200, {"items": [dict(account.tags[one]) for one in sorted(account.tags)]})

    def update_tag(self, account: Account, tag_id: str, body: Json, if_match: int | None = None) -> Expected:
        tag = _check(_find(account.tags, tag_id, "tag_not_found"), if_match)
        _check_name(account, str(body.get("name", tag["name"])), but=tag_id)
        if _change(tag, body):
            tag["updated_at"] = times.rfc3339(self.now)
        return Expected(200, dict(tag))

    def delete_tag(self, account: Account, tag_id: str, if_match: int | None = None) -> Expected:
        if tag_id not in account.leaving_tags:
            _check(_find(account.tags, tag_id, "tag_not_found"), if_match)
            del account.tags[tag_id]
            account.leaving_tags.add(tag_id)
        return Expected(204)

    def finish_deletions(self, account: Account) -> Expected:
        for task in account.tasks.values():
            for tag_id in account.leaving_tags & task["tag_ids"]:
                task["tag_ids"] -= {tag_id}
                task["version"] += 1
        account.leaving_tags.clear()
        return Expected(204)

    # ---- tasks

    def create_task(self, account: Account, body: Json) -> Expected:
        fields = {
            "description": None,
            "completed": False,
            "priority": "medium",
            "due_date": None,
            "tag_ids": [],
            **body,
        }
        _check_tags(account, fields["tag_ids"])
        now = times.rfc3339(self.now)
        task = {
            **fields,
            "id": self.made.get("id"),
            "user_id": account.user["id"],
            "completed_at": now if fields["completed"] else None,
            "tag_ids": frozenset(fields["tag_ids"]),
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        account.tasks[task["id"]] = task
        return Expected(201, shown(account, task))

    def list_tasks(self, account: Account, query: Json) -> Expected:
        """Foretell a list that one page has room for."""
        filters = {name: value for name, value in query.items() if name != "limit"}
        tasks = [shown(account, task) for task in account.tasks.values()]
        return Expected(200, {"items": expected(tasks, filters, zone=account.user["time_zone"]), "next_cursor": None})

    def get_task(self, account: Account, task_id: str) -> Expected:
        return Expected(200, shown(account, _find(account.tasks, task_id, "task_not_found")))

    def update_task(self, account: Account, task_id: str, body: Json, if_match: int | None = None) -> Expected:
        task = _check(_find(account.tasks, task_id, "task_not_found"), if_match)
        changes = dict(body)
        if "tag_ids" in body:
            _check_tags(account, body["tag_ids"])
            changes["tag_ids"] = frozenset(body["tag_ids"])
        return self._changed(account, task, changes)

    def complete_task(
        self, account: Account, task_id: str, body: Json | None = None, if_match: int | None = None
    ) -> Expected:
        task = _check(_find(account.tasks, task_id, "task_not_found"), if_match)
        return self._changed(account, task, body or {"completed": not task["completed"]})

    def delete_task(self, account: Account, task_id: str, if_match: int | None = None) -> Expected:
        _check(_find(account.tasks, task_id, "task_not_found"), if_match)
        account.trash[task_id] = {**account.tasks.pop(task_id), "deleted_at": self.now}
        return Expected(204)

    def list_trash(self, account: Account, query: Json) -> Expected:  # noqa: ARG002 - one page has room for all
        """Foretell a list that one page has room for."""
        tasks = sorted(self._trash(account).values(), key=lambda task: (task["deleted_at"], task["id"]), reverse=True)
        return Expected(200, {"items": [_shown_deleted(account, task) for task in tasks], "next_cursor": None})

    def restore_task(self, account: Account, task_id: str, if_match: int | None = None) -> Expected:
        task = _check(_find(self._trash(account), task_id, "task_not_found"), if_match)
        del account.trash[task_id], task["deleted_at"]
        task["tag_ids"] &= account.tags.keys()
        task["updated_at"] = times.rfc3339(self.now)
        task["version"] += 1
        account.tasks[task_id] = task
        return Expected(200, shown(account, task))

    def empty_trash(self, account: Account) -> Expected:
        count = len(self._trash(account))
        account.trash.clear()
        return Expected(200, {"deleted": count, "more": False})

    def link_tag(self, account: Account, task_id: str, tag_id: str, if_match: int | None = None) -> Expected:
        task = _check(_find(account.tasks, task_id, "task_not_found"), if_match)
        _check_tags(account, [tag_id])
        return self._changed(account, task, {"tag_ids": task["tag_ids"] | {tag_id}})

    def unlink_tag(self, account: Account, task_id: str, tag_id: str, if_match: int | None = None) -> Expected:
        task = _check(_find(account.tasks, task_id, "task_not_found"), if_match)
        self._changed(account, task, {"tag_ids": task["tag_ids"] - {tag_id}})
        return Expected(204)

    # ---- what several need

    def _changed(self, account: Account, task: Json, changes: Json) -> Expected:
        """Change a task, which has a new version if anything is different; what changes its tags drops those that leave."""
        if "tag_ids" in changes:
            changes = {**changes, "tag_ids": changes["tag_ids"] & account.tags.keys()}
        was_completed = task["completed"]
        if _change(task, changes):
            task["updated_at"] = times.rfc3339(self.now)
        if task["completed"] != was_completed:
            task["completed_at"] = times.rfc3339(self.now) if task["completed"] else None
        return Expected(200, shown(account, task))

    def _authenticated(self, body: Json) -> Account:
        account = self._by_email(body["email"])
        if account is None or account.password != body["password"]:
            raise RefusedError(401, "invalid_credentials")
        return account

    def _trash(self, account: Account) -> dict[str, Json]:
        return {one: task for one, task in account.trash.items() if task["deleted_at"] >= self.now - LIFETIME}

    def _tokens(self, session: Session) -> Json:
        return {
            "access_token": self.made.get("access_token"),
            "refresh_token": session.tokens[-1],
            "token_type": "Bearer",
            "expires_in": 900,
        }

    def lives(self, session: Session) -> bool:
        return not session.ended and _seconds(self.now) < _seconds(session.created + LIFETIME)

    def _account(self, user_id: str) -> Account:
        if user_id not in self.accounts:
            raise RefusedError(404, "user_not_found")
        return self.accounts[user_id]

    def _by_email(self, email: str) -> Account | None:
        return next((one for one in self.accounts.values() if one.user["email"] == email.lower()), None)

    def _by_token(self, token: str) -> Session | None:
        sessions = [session for account in self.accounts.values() for session in account.sessions.values()]
        return next((session for session in sessions if token in session.tokens), None)


def _part(request: Request, operation: Json) -> Request:
    """Return the request that would do alone what an operation does in bulk."""
    arguments: Json = {name: operation[name] for name in ("task_id", "if_match") if name in operation}
    if "if_match" in arguments:
        arguments["if_match"] = int(arguments["if_match"].strip('"v'))
    match operation["op"]:
        case "create":
            arguments["body"] = operation["task"]
        case "update":
            arguments["body"] = operation["changes"]
        case "complete" if "completed" in operation:
            arguments["body"] = {"completed": operation["completed"]}
    return request._replace(operation=f"{operation['op']}_task", arguments=arguments)


def shown(account: Account, task: Json) -> Json:
    """Return a task as the API shows it."""
    tags = [account.tags[one] for one in sorted(task["tag_ids"]) if one in account.tags]
    fields = {name: value for name, value in task.items() if name != "tag_ids"}
    return {**fields, "tags": [{name: tag[name] for name in ("id", "name", "color")} for tag in tags]}


def _shown_deleted(account: Account, task: Json) -> Json:
    deleted_at = task["deleted_at"]
    ends = {"deleted_at": times.rfc3339(deleted_at), "expires_at": times.of_unix(_seconds(deleted_at + LIFETIME))}
    return {**shown(account, task), **ends}


def _find(items: dict[str, Json], item_id: str, code: str) -> Json:
    if item_id not in items:
        raise RefusedError(404, code)
    return items[item_id]


def _check(item: Json, if_match: int | None) -> Json:
    if if_match not in {None, item["version"]}:
        raise RefusedError(412, "precondition_failed")
    return item


def _check_tags(account: Account, tag_ids: list[str]) -> None:
    if not account.tags.keys() >= set(tag_ids):
        raise RefusedError(404, "tag_not_found")


def _check_name(account: Account, name: str, *, but: str | None) -> None:
    if any(tag["name"].casefold() == name.casefold() for one, tag in account.tags.items() if one != but):
        raise RefusedError(409, "tag_already_exists")


def _change(item: Json, changes: Json) -> bool:
    """Change the item; if anything is different, it has a new version."""
    different = any(item[name] != value for name, value in changes.items())
    item.update(changes)
    item["version"] += different
    return different


def _end(account: Account, *, but: str | None = None) -> None:
    for session_id, session in account.sessions.items():
        session.ended = session.ended or session_id != but


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
