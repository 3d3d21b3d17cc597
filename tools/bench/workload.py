"""The operations whose costs are measured: the real handlers in this process, on the embedded back end, as the tests call them."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from tools.bench.page import Figures
from tools.in_process.api import PASSWORD, Answer, Api, Caller, Json
from tools.measure.bill import Bill, load
from tools.measure.partition import tag_id

DUE: Final = {"due_date": "2026-12-24"}
NEW: Final = {"title": "x", "description": "x" * 300}
LISTED: Final = 1_000  # tasks of the user whose lists are read
TRASHED: Final = 20


class Request(NamedTuple):
    """A request to measure; one without `user` is sent without a token."""

    user: Caller | None
    method: str
    path: str
    body: Any = None
    query: str = ""
    headers: Mapping[str, str] = {}


@dataclass
class World:
    """Users, what they have, and what to fill tasks with; a due date or nothing."""

    api: Api
    bill: Bill
    user: Caller
    lister: Caller
    tagger: Caller
    tags: list[str]
    fields: Json = field(default_factory=dict)

    def task(self, tags: int = 0) -> str:
        """Create a task of the design's size, and return its path."""
        return f"tasks/{self.bill.create_sized(self.user, tag_ids=self.tags[:tags], **self.fields)['id']}"

    def deleted(self, tags: int = 0) -> str:
        """Create a task, delete it, and return its path in the trash."""
        path = self.task(tags)
        self.user.call("DELETE", path)
        return path.replace("tasks/", "tasks/trash/")

    def tag(self) -> str:
        """Create a tag, and return its path."""
        return f"tags/{self.user.create_tag(color='#336699')['id']}"

    def tagged(self) -> str:
        """Create a task with a tag, and return the path of the tag on it."""
        return f"{self.task(1)}/tags/{self.tags[0]}"

    def create(self, tags: int = 0, headers: Mapping[str, str] = {}) -> Request:
        """Return the request that creates a task."""
        return Request(self.user, "POST", "tasks", NEW | self.fields | {"tag_ids": self.tags[:tags]}, headers=headers)

    def fill_trash(self) -> str:
        """Put tasks into the trash and nothing else, and return its path."""
        tasks = [self.task() for _ in range(TRASHED)]
        self.user.call("DELETE", "tasks/trash")
        for path in tasks:
            self.user.call("DELETE", path)
        return "tasks/trash"

    def log_in(self) -> Json:
        """Log in, and return the answer."""
        return self.api.call("POST", "/api/auth/login", {"email": self.user.email, "password": PASSWORD}).json

    def somebody(self) -> Caller:
        """Return a new user."""
        return self.api.sign_up()


def anonymous(path: str, **body: Any) -> Request:
    """Return a request without a token."""
    return Request(None, "POST", f"/api/auth/{path}", body)


def keyed() -> dict[str, str]:
    """Return an Idempotency-Key."""
    return {"idempotency-key": str(uuid.uuid4())}


OPERATIONS: Final[Mapping[str, Callable[[World], Request]]] = {
    "get a task": lambda w: Request(w.user, "GET", w.task()),
    "get a task with 3 tags": lambda w: Request(w.user, "GET", w.task(3)),
    "list a page of 20": lambda w: Request(w.lister, "GET", "tasks"),
    "list a page of 20, open, by due date": lambda w: Request(
        w.lister, "GET", "tasks", query="status=open&sort=due_date"
    ),
    "list a page of 20, overdue": lambda w: Request(w.lister, "GET", "tasks", query="overdue=true"),
    "list a page of 20 by tag": lambda w: Request(w.tagger, "GET", "tasks", query=f"tag={tag_id(0)}"),
    "create a task": lambda w: w.create(),
    "create a task with 3 tags": lambda w: w.create(3),
    "create a task with an `Idempotency-Key`": lambda w: w.create(headers=keyed()),
    "edit title or description": lambda w: Request(w.user, "PATCH", w.task(), {"title": "y"}),
    "edit with an `Idempotency-Key`": lambda w: Request(w.user, "PATCH", w.task(), {"title": "y"}, headers=keyed()),
    "complete or reopen a task": lambda w: Request(w.user, "PATCH", f"{w.task()}/complete"),
    "change the priority": lambda w: Request(w.user, "PATCH", w.task(), {"priority": "high"}),
    "delete a task (into the trash)": lambda w: Request(w.user, "DELETE", w.task()),
    "delete a task with 3 tags": lambda w: Request(w.user, "DELETE", w.task(3)),
    "restore a task": lambda w: Request(w.user, "POST", f"{w.deleted()}/restore"),
    "restore a task with 3 tags": lambda w: Request(w.user, "POST", f"{w.deleted(3)}/restore"),
    "list a page of 20 of the trash": lambda w: Request(w.user, "GET", w.fill_trash()),
    "empty the trash of 20 tasks": lambda w: Request(w.user, "DELETE", w.fill_trash()),
    "put a tag on a task": lambda w: Request(w.user, "PUT", f"{w.task()}/tags/{w.tags[0]}"),
    "take a tag off a task": lambda w: Request(w.user, "DELETE", w.tagged()),
    "create a tag": lambda w: Request(w.user, "POST", "tags", {"name": uuid.uuid4().hex}),
    "recolour a tag": lambda w: Request(w.user, "PATCH", w.tag(), {"color": "#000000"}),
    "rename a tag": lambda w: Request(w.user, "PATCH", w.tag(), {"name": uuid.uuid4().hex}),
    "delete a tag": lambda w: Request(w.user, "DELETE", w.tag()),
    "register": lambda _: anonymous("register", email=f"{uuid.uuid4().hex}@example.com", password=PASSWORD),
    "log in": lambda w: anonymous("login", email=w.user.email, password=PASSWORD),
    "refresh": lambda w: anonymous("refresh", refresh_token=w.log_in()["refresh_token"]),
    "log out": lambda w: anonymous("logout", refresh_token=w.log_in()["refresh_token"]),
    "ask for a mail to confirm the address": lambda w: Request(w.somebody(), "POST", "/api/auth/email/resend"),
    "ask for a mail to choose a new password": lambda w: anonymous("password/forgot", email=w.user.email),
}


def run(api: Api, bill: Bill) -> Figures:
    """Return what each operation costs, by its name; under `due` what differs with a due date."""
    user, lister, tagger = (api.sign_up() for _ in range(3))
    load(lister.id, LISTED)
    load(tagger.id, LISTED, tags=1)
    world = World(api, bill, user, lister, tagger, [user.create_tag()["id"] for _ in range(3)])
    figures = {name: _cost(world, prepare(world)) for name, prepare in OPERATIONS.items()}
    world.fields = DUE
    for name, prepare in OPERATIONS.items():
        dated = _cost(world, prepare(world))
        if dated["write"] != figures[name]["write"]:
            figures[name]["due"] = dated
    return figures


def _cost(world: World, request: Request) -> Figures:
    """Send a request as a browser does; return its calls, units, and the bytes logged and answered."""
    world.bill.recorder.reset()
    headers = {**request.headers, "accept-encoding": "gzip"}
    send: Callable[..., Answer] = request.user.call if request.user else world.api.call
    answer = send(request.method, request.path, request.body, query=request.query, headers=headers)
    calls, read, write = world.bill.of(answer)
    return {
        "calls": calls,
        "read": read,
        "write": write,
        "log_bytes": len(answer.log.encode()),
        "header_bytes": sum(len(f"{name}: {value}\r\n") for name, value in answer.headers.items()),
        "body_bytes": len(answer.content),
        "plain_body_bytes": len(answer.text.encode()),
    }
