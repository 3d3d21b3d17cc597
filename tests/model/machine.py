"""The state machine: the real handlers and the model answer the same requests, and must give the same answers."""

import copy
import itertools
import sys
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import jwt
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lambdo.table import keys
from lambdo.table.wire import dump
from tests.model import wishes
from tests.model.model import Account, Expected, Model, Request, shown
from tests.model.wishes import Wish
from tests.support.lists import expected, items_of
from tests.support.watch import watch
from tools.in_process.api import UNKNOWN_ID, Answer, Api, Json
from tools.in_process.network import PASS, Network
from tools.in_process.stream import deliver, marked, record
from tools.operate.invariants import find_violations
from tools.operate.target import Target

FOREVER: Final = 4e9  # Unix seconds: a session that has ended goes on sending its access token
ROUTES: Final = {
    "register": "POST /api/auth/register",
    "log_in": "POST /api/auth/login",
    "refresh_session": "POST /api/auth/refresh",
    "log_out": "POST /api/auth/logout",
    "get_me": "GET /api/auth/me",
    "update_me": "PATCH /api/auth/me",
    "delete_me": "DELETE /api/auth/me",
    "change_password": "POST /api/auth/password",
    "list_sessions": "GET /api/auth/sessions",
    "delete_sessions": "DELETE /api/auth/sessions",
    "delete_session": "DELETE /api/auth/sessions/{ended_id}",
    "list_tags": "GET /api/me/tags",
    "create_tag": "POST /api/me/tags",
    "get_tag": "GET /api/me/tags/{tag_id}",
    "update_tag": "PUT /api/me/tags/{tag_id}",
    "delete_tag": "DELETE /api/me/tags/{tag_id}",
    "list_tasks": "GET /api/me/tasks",
    "create_task": "POST /api/me/tasks",
    "get_task": "GET /api/me/tasks/{task_id}",
    "update_task": "PATCH /api/me/tasks/{task_id}",
    "delete_task": "DELETE /api/me/tasks/{task_id}",
    "change_tasks": "POST /api/me/tasks/bulk",
    "complete_task": "PATCH /api/me/tasks/{task_id}/complete",
    "list_trash": "GET /api/me/tasks/trash",
    "empty_trash": "DELETE /api/me/tasks/trash",
    "restore_task": "POST /api/me/tasks/trash/{task_id}/restore",
    "link_tag": "PUT /api/me/tasks/{task_id}/tags/{tag_id}",
    "unlink_tag": "DELETE /api/me/tasks/{task_id}/tags/{tag_id}",
}
NOBODY: Final = Account({}, "")


@dataclass
class World:
    """What all runs stand on: the real API, the wire under it, its table, and a clock that stands still."""

    api: Api
    network: Network
    table: Target
    now: datetime


class Turn(NamedTuple):
    """A request that was answered, and when it came."""

    request: Request
    now: datetime
    answer: Answer


@dataclass
class Walk:
    """A list that is read page by page, while other things happen."""

    user_id: str
    query: Json
    zone: str
    versions: dict[str, int]  # of the tasks that there were at its start
    seen: list[str] = field(default_factory=list)
    cursor: str | None = None


class Machine(RuleBasedStateMachine):
    """Two people with some devices, tags and tasks, and what can happen to them."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.model = Model()
        self.run = uuid.uuid4().hex
        self.texts = 0
        self.users: list[str] = []  # ids of all that there were, as of:
        self.tags: list[str] = []
        self.tasks: list[str] = []
        self.keyed: list[Request] = []
        self.tagged: dict[tuple[str, str], Json] = {}
        self.walks: list[Walk] = []

    # ---- rules

    @initialize()
    def begin(self) -> None:
        """Let somebody come, with two tags and four tasks."""
        self.come("ada", "correct horse")
        for name in ("Work", "Home"):
            self.send(self.request(Wish("create_tag", body={"name": name, "color": None})))
        for tags in ([], [0], [0, 1], []):
            self.send(self.request(Wish("create_task", body={"title": "pay", "tag_ids": tags})))

    @rule(wish=wishes.ACCOUNTS)
    def use_account(self, wish: Wish) -> None:
        self.send(self.request(wish))

    @rule(wish=wishes.TAGS)
    def use_tag(self, wish: Wish) -> None:
        self.send(self.request(wish))

    @rule(wish=st.one_of(wishes.TASKS, wishes.TRASH))
    def use_task(self, wish: Wish) -> None:
        self.send(self.request(wish))

    @rule(
        caller=wishes.NUMBER,
        changes=st.lists(wishes.CHANGES, min_size=1, max_size=4),
        dry_run=st.booleans(),
        key=wishes.KEY,
    )
    def use_tasks_in_bulk(self, caller: int, changes: list[Wish], dry_run: bool, key: int | None) -> None:
        requests = [self.request(wish._replace(caller=caller)) for wish in changes]
        # Once a task, because the clock stands still, and two changes of one moment are taken for one that was sent twice.
        distinct = {request.arguments.get("task_id", number): request for number, request in enumerate(requests)}
        operations = [bulk_operation(request) for request in distinct.values()]
        arguments = {"body": {"operations": operations, "dry_run": dry_run}}
        self.send(requests[0]._replace(operation="change_tasks", arguments=arguments, key=key_of(key)))

    @rule(first=wishes.THINGS, second=wishes.THINGS, call=st.integers(1, 2))
    def use_one_thing_twice_at_once(self, first: Wish, second: Wish, call: int) -> None:
        same = second._replace(
            caller=first.caller,
            task=second.task if None in {first.task, second.task} else first.task,
            tag=second.tag if None in {first.tag, second.tag} else first.tag,
        )
        self.send_both(self.request(first), self.request(same), call)

    @rule(first=wishes.WISHES, second=wishes.WISHES, call=st.integers(0, 4))
    def use_two_things_at_once(self, first: Wish, second: Wish, call: int) -> None:
        self.send_both(self.request(first), self.request(second), call)

    @rule(number=wishes.NUMBER)
    def send_again(self, number: int) -> None:
        requests = [one for one in self.keyed if one.user_id in {*self.model.accounts, ""}]
        if requests:
            self.send(requests[-1 - number % len(requests)])

    @rule(wish=wishes.WISHES, call=st.integers(0, 4))
    def send_twice_at_once(self, wish: Wish, call: int) -> None:
        request = self.request(wish)
        self.send_both(request, request, call)

    @rule(seconds=st.sampled_from([0, 30, 31]))
    def log_in_and_refresh_twice(self, seconds: int) -> None:
        user_id, account = next(iter(self.model.accounts.items()))
        body = {"email": account.user["email"], "password": account.password}
        self.send(Request("log_in", "", "", {"body": body}))
        session_id, session = list(account.sessions.items())[-1]
        request = Request("refresh_session", user_id, session_id, {"body": {"refresh_token": session.tokens[-1]}})
        self.send(request)
        self.wait(seconds)
        self.send(request)

    @rule(caller=wishes.NUMBER, filters=wishes.LISTS, limit=st.integers(1, 3))
    def begin_list(self, caller: int, filters: Json, limit: int) -> None:
        user_id, _ = self.caller(caller)
        account = self.model.accounts[user_id]
        tag_ids = [self.pick(account.tags, self.tags, number) for number in filters.get("tag", ())]
        query = {**filters, "tag": list(dict.fromkeys(tag_ids))}
        versions = {task_id: task["version"] for task_id, task in account.tasks.items()}
        self.walks.append(Walk(user_id, query, account.user["time_zone"], versions))
        self.turn_page(self.walks[-1], limit)

    @rule(limit=st.integers(1, 3))
    def go_on_with_lists(self, limit: int) -> None:
        for walk in self.walks[:]:
            self.turn_page(walk, limit)

    @rule(seconds=st.sampled_from([1, 3600, 24 * 3600, 31 * 24 * 3600]))
    def wait(self, seconds: int) -> None:
        self.world.now += timedelta(seconds=seconds)

    # ---- what holds after each step, and at the end

    @invariant()
    def table_is_consistent(self) -> None:
        partitions = [keys.user(user_id) for user_id in self.users]
        partitions += [keys.email(self.address(person)) for person in ("ada", "bob")]
        items = (item for partition in partitions for item in self.world.table.query(partition))
        assert list(find_violations(items)) == []

    def teardown(self) -> None:
        """Read the lists to their ends, and look at everything once more; not after a failure."""
        self.world.network.plan = []
        if sys.exception() is None:
            while self.walks:
                self.turn_page(self.walks[0], 100)
            for look in [look for user_id in self.model.accounts for look in self.looks_at_all(user_id)]:
                self.send(look)
            for user_id, account in list(self.model.accounts.items()):
                self.leave(user_id, account)
            self.table_is_consistent()
            watch.judge()  # of all runs together it would take quadratically long

    # ---- requests and answers

    def send(self, request: Request) -> None:
        """Send a request; the model must foretell the answer."""
        turn = self.turn(request)
        assert foretold(self.model, turn) == seen(turn), request

    def send_both(self, first: Request, second: Request, call: int) -> None:
        """Stop the first before one of its calls until the second is done: it must seem that one came after the other."""
        others: list[Turn] = []

        def meanwhile() -> None:
            others.append(self.turn(second))
            self.tick()

        self.world.network.plan = [*[PASS] * call, meanwhile]
        one = self.turn(first)
        if not others:  # the first has not so many calls
            self.world.network.plan = []
            meanwhile()
        (other,) = others
        late = one._replace(now=self.world.now)  # it may look at the clock again
        looks = [self.turn(look) for user_id in self.model.accounts for look in self.looks(user_id)]
        orders = [(one, other), (late, other), (other, one), (other, late)]
        tried = [self.after([*turns, *looks]) for turns in orders]
        models = [model for model, wrong in tried if not wrong]
        assert models, [wrong for _, wrong in tried]
        self.model = models[0]

    def after(self, turns: Iterable[Turn]) -> tuple[Model, Any]:
        """Return the model after these turns, and the first that it foretells otherwise."""
        model = copy.deepcopy(self.model)
        for turn in turns:
            if (wanted := foretold(model, turn)) != seen(turn):
                return model, (turn.request, wanted, seen(turn))
        return model, None

    def turn(self, request: Request) -> Turn:
        """Send a request, at a moment of its own."""
        now = self.tick()
        if request.operation == "finish_deletions":
            items = list(map(dump, self.world.table.query(keys.user(request.user_id))))
            assert deliver(*map(record, marked(items))) == []
            return Turn(request, now, Answer(204, {}, b""))
        method, _, path = ROUTES[request.operation].partition(" ")
        arguments = request.arguments
        version = arguments.get("if_match")
        headers = {} if version is None else {"if-match": f'"v{version}"'}
        headers |= {"idempotency-key": request.key} if request.key else {}
        answer = self.world.api.call(
            method,
            path.format(**arguments),
            arguments.get("body"),
            query=urlencode(arguments.get("query", {}), doseq=True),
            headers=headers,
            verdict={"user_id": request.user_id, "sid": request.session_id, "exp": FOREVER},
        )
        note(f"{request.operation} {arguments} -> {answer.status} {answer.text[:400]}")
        self.remember(request, answer)
        return Turn(request, now, answer)

    def remember(self, request: Request, answer: Answer) -> None:
        """Note the ids of what is new, and what an entity tag stands for, which must never be something else as well."""
        if "etag" in answer.headers and answer.status < 300:
            assert answer.headers["etag"].startswith(f'"v{answer.json["version"]}')
            assert answer.json == self.tagged.setdefault((answer.json["id"], answer.headers["etag"]), answer.json)
        known = {"register": self.users, "create_tag": self.tags, "create_task": self.tasks}.get(request.operation)
        if known is not None and answer.status == 201 and "idempotent-replayed" not in answer.headers:
            assert answer.json["id"] not in known
            known.append(answer.json["id"])
        if request.operation == "change_tasks" and answer.status == 200 and not request.arguments["body"]["dry_run"]:
            made = [result["task"]["id"] for result in answer.json["results"] if result["status"] == 201]
            self.tasks += [task_id for task_id in made if task_id not in self.tasks]
        if request.key and answer.status < 300:
            self.keyed.append(request)

    def tick(self) -> datetime:
        self.world.now += timedelta(milliseconds=1)
        return self.world.now

    def looks(self, user_id: str) -> Iterator[Request]:
        """Yield the requests that show all that a user has; nobody can ask before the first session."""
        for session_id in [*self.model.accounts.get(user_id, NOBODY).sessions][:1]:
            for operation in ("get_me", "list_sessions", "list_tags"):
                yield Request(operation, user_id, session_id, {})
            for operation in ("list_trash", "list_tasks"):
                yield Request(operation, user_id, session_id, {"query": {"limit": 100}})

    def looks_at_all(self, user_id: str) -> Iterator[Request]:
        """Yield these, and those that show each thing by itself, and the lists of tasks in all orders."""
        for look in self.looks(user_id):
            yield look
            if look.operation == "list_tags":
                yield from (look._replace(operation="get_tag", arguments={"tag_id": one}) for one in self.tags)
            if look.operation == "list_tasks":
                yield from (look._replace(operation="get_task", arguments={"task_id": one}) for one in self.tasks)
                for sort, status in itertools.product(wishes.SORTS, wishes.STATUSES):
                    yield look._replace(arguments={"query": {"sort": sort, "status": status, "limit": 100}})

    # ---- pages

    def turn_page(self, walk: Walk, limit: int) -> None:
        """Read the next page of a list, which must show tasks as they now are."""
        account = self.model.accounts.get(walk.user_id)
        by_due_date = {"due_before", "due_after"} & walk.query.keys()
        if account is None or not account.tags.keys() >= set(walk.query["tag"]):
            self.walks.remove(walk)  # nobody can read on, or it is the list of a tag that is gone
        elif by_due_date and walk.zone != account.user["time_zone"]:
            self.walks.remove(walk)  # other days
        else:
            query = {**walk.query, "limit": limit, **({"cursor": walk.cursor} if walk.cursor else {})}
            answer = self.turn(
                Request("list_tasks", walk.user_id, next(iter(account.sessions)), {"query": query})
            ).answer
            page = items_of(answer)
            assert page == [shown(account, account.tasks[one["id"]]) for one in page if one["id"] in account.tasks]
            assert page == expected(page, walk.query, zone=walk.zone)
            assert len(page) <= limit
            walk.seen += [task["id"] for task in page]
            walk.cursor = answer.json["next_cursor"]
            if walk.cursor is None:
                self.walks.remove(walk)
                self.check_walk(walk)

    def check_walk(self, walk: Walk) -> None:
        """Look whether each task that stayed as it was was shown, and once."""
        account = self.model.accounts[walk.user_id]
        stayed = [task for one, task in account.tasks.items() if walk.versions.get(one) == task["version"]]
        wanted = expected([shown(account, task) for task in stayed], walk.query, zone=walk.zone)
        ids = {task["id"] for task in stayed}
        assert [one for one in walk.seen if one in ids] == [task["id"] for task in wanted], walk

    # ---- from wishes to requests

    def come(self, person: str, password: str) -> None:
        """Register, and log in."""
        for operation in ("register", "log_in"):
            self.send(self.request(Wish(operation, body={"email": person, "password": password})))

    def leave(self, user_id: str, account: Account) -> None:
        """Delete an account, as if the first answer were lost; its address is free."""
        for session_id in [*account.sessions][:1]:
            deletion = Request("delete_me", user_id, session_id, {"body": {"password": account.password}}, "deletion")
            self.send(deletion)
            self.send(deletion)
            self.send(Request("get_me", user_id, session_id, {}))
            self.send(
                Request("refresh_session", "", "", {"body": {"refresh_token": account.sessions[session_id].tokens[-1]}})
            )
            self.come(account.user["email"].partition(".")[0], "battery staple")

    def request(self, wish: Wish) -> Request:
        """Return the request of a wish: numbers become things that there are, or once in a while were."""
        user_id, session_id = ("", "") if wish.operation in {"register", "log_in"} else self.caller(wish.caller)
        account = self.model.accounts.get(user_id, NOBODY)
        arguments: Json = {}
        target: Json | None = account.user
        if wish.tag is not None:
            arguments["tag_id"] = self.pick(account.tags, self.tags, wish.tag)
            target = account.tags.get(arguments["tag_id"])
        if wish.task is not None:
            arguments["task_id"] = self.pick(account.tasks, self.tasks, wish.task)
            target = account.tasks.get(arguments["task_id"])
        if wish.trashed is not None:
            arguments["task_id"] = self.pick(account.trash, self.tasks, wish.trashed)
            target = account.trash.get(arguments["task_id"])
        if wish.session is not None:
            arguments["ended_id"] = self.pick(account.sessions, (), wish.session)
        if wish.token is not None:
            tokens = account.sessions[session_id].tokens
            arguments["body"] = {"refresh_token": tokens[max(-len(tokens), -1 - wish.token)]}
        if wish.body is not None:
            arguments["body"] = {name: self.member(account, name, value) for name, value in wish.body.items()}
        if wish.if_match is not None:
            arguments["if_match"] = (target["version"] if target else 1) - wish.if_match
        if wish.query is not None:
            arguments["query"] = wish.query
        return Request(wish.operation, user_id, session_id, arguments, key_of(wish.key))

    def member(self, account: Account, name: str, value: Any) -> Any:
        """Return the value of a member of a body: a text that none had before, the ids of tags for their numbers."""
        match name:
            case "email":
                return self.address(value)
            case "title" | "description":
                self.texts += 1
                return f"{value} {self.texts}"
            case "tag_ids":
                return sorted({self.pick(account.tags, self.tags, number) for number in value})
        return value

    def caller(self, number: int) -> tuple[str, str]:
        """Return the ids of a user and of one of its sessions, which may have ended."""
        callers = [(user_id, one) for user_id, account in self.model.accounts.items() for one in account.sessions]
        return callers[number % len(callers)]

    def pick(self, own: Collection[str], ever: Collection[str], number: int) -> str:
        """Return one of the user's own ids, or of another: of what is gone, or somebody else's."""
        others = [one for one in ever if one not in own]
        ids = [*own, *own, *others[-1:]] or [UNKNOWN_ID]
        return ids[number % len(ids)]

    def address(self, person: str) -> str:
        return f"{person}.{self.run}@example.com"


def key_of(number: int | None) -> str | None:
    """Return an Idempotency-Key."""
    return None if number is None else f"key-{number}"


def bulk_operation(request: Request) -> Json:
    """Return the operation in bulk that does what the request does."""
    arguments, kind = request.arguments, request.operation.removesuffix("_task")
    body = {"create": "task", "update": "changes"}.get(kind)
    members = {body: arguments["body"]} if body else arguments.get("body", {})
    version = {"if_match": f'"v{arguments["if_match"]}"'} if "if_match" in arguments else {}
    return {"op": kind, **({"task_id": arguments["task_id"]} if "task_id" in arguments else {}), **members, **version}


def foretold(model: Model, turn: Turn) -> Expected:
    return model.answer(turn.request, turn.now, made(turn.answer))


def seen(turn: Turn) -> Expected:
    """Return what an answer says, in the model's words."""
    answer = turn.answer
    if answer.status >= 400:
        return Expected(answer.status, answer.json["code"])
    said: Any = answer.json if answer.text else None
    if turn.request.operation == "change_tasks":
        said = [
            Expected(one["status"], one.get("task", one.get("problem", {}).get("code")))
            for one in answer.json["results"]
        ]
    return Expected(answer.status, said, "idempotent-replayed" in answer.headers)


def made(answer: Answer) -> Json:
    """Return a success's body, and in it the session's id, which the access token has."""
    if answer.status >= 300 or not answer.text:
        return {}
    token = answer.json.get("access_token")
    claims = jwt.decode(token, options={"verify_signature": False}) if token else {}
    return {**answer.json, "session_id": claims.get("sid")}
