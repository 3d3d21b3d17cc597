"""The state from which every request starts: a user with a few items of each kind, restored by batch writes."""

import json
import re
from collections.abc import Callable
from functools import cache
from itertools import batched
from typing import Any, Final
from urllib.parse import quote_plus

from lambdo.base import times
from lambdo.mails.models import LIFETIMES
from lambdo.sessions import refresh_tokens
from lambdo.table import aws, keys, wire
from tools.in_process.api import PASSWORD, UNKNOWN_ID, Answer, Api, Caller, Json, expect
from tools.in_process.endpoints import Request
from tools.in_process.mail_tokens import issue
from tools.in_process.stream import Stream
from tools.in_process.table import uncounted
from tools.operate.invariants import find_violations

BATCH: Final = 25  # writes, DynamoDB's maximum for one call
# Values that differ from run to run. `World.shape` keeps those that existed at the start.
NEW = re.compile(
    r"(?P<password>\$2b\$\d\d\$[./\w]{53})|(?P<access>eyJ[\w.-]+)|(?P<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?P<hash>\b[0-9a-f]{64}\b)|(?P<secret>[\w-]{60,})|(?P<seconds>\b1\d{9}\b)"
    r"|(?P<request>[\w+/]{15}=)"
)


class World:
    """A user with three tags, four tasks, and another session.

    The task `plain` has no tags, `tagged` has the tags errands and home, and `done` is completed and has a due date;
    `deleted` is in the trash and has errands, home and a due date.
    """

    # The values of a path's variables, unless a request has others.
    USUAL: Final = {
        "user_id": "me",
        "task_id": "plain",
        "tag_id": "home",
        "session_id": "other",
        "path": "today",
        "file": "errors",
    }

    def __init__(self, api: Api, dump: Callable[[], list[Json]], email: str | None = None) -> None:
        self.user = api.sign_up(email, name="Ada")
        session_id = refresh_tokens.parse(self.user.refresh_token).session_id
        # Like the authorizer's, but valid for a day, however slow the machine is.
        self.verdict: Json = {"user_id": self.user.id, "sid": session_id, "exp": times.unix() + 86_400}
        self._dump = dump
        self._client = aws.client("dynamodb")
        (self._table,) = api.application.tables
        other = api.log_in(self.user.email)
        self.names: dict[str, str] = {
            **self._things(),
            **{purpose: issue(self.user, purpose) for purpose in LIFETIMES},
            "unknown": UNKNOWN_ID,
            "other": refresh_tokens.parse(other.refresh_token).session_id,
            "email": self.user.email,
            "quoted": quote_plus(PASSWORD),
            "refresh_token": self.user.refresh_token,
            "spent_token": _spend(other),
            "cursor": self._call("GET", "tasks", query="limit=1").json["next_cursor"],
        }
        self._start = uncounted(dump())
        self._known = {match[0] for match in NEW.finditer(json.dumps(self._start)) if not match["seconds"]}
        self.shape = cache(self._shape)  # most items are in every state

    def _call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        return self.user.call(method, path, body, verdict=self.verdict, **options)

    def _things(self) -> dict[str, str]:
        """Create the tags and the tasks; return their ids by name."""
        tags = {
            name: expect(self._call("POST", "tags", {"name": name.capitalize(), "color": color}), 201).json["id"]
            for name, color in {"errands": None, "home": "#2e8b57", "office": None}.items()
        }
        some, due = {"tag_ids": [tags["errands"], tags["home"]]}, {"due_date": "2026-12-01"}
        tasks = {
            "tagged": {"title": "Write the report", "description": "Ten pages.\nNo more.", **some},
            "done": {"title": "Pay the rent", "completed": True, **due},
            "plain": {"title": "Buy milk"},
            "deleted": {"title": "Call Grace", **some, **due},
        }
        made = {name: expect(self._call("POST", "tasks", fields), 201).json["id"] for name, fields in tasks.items()}
        expect(self._call("DELETE", f"tasks/{made['deleted']}"), 204)
        return {**tags, **made}

    def restore(self, *, counters: bool = False) -> None:
        """Restore the state of the start; with `counters`, also delete the counters of throttles."""
        items = self._dump() if counters else uncounted(self._dump())
        wanted = [_key(item) for item in self._start]
        puts = [{"PutRequest": {"Item": item}} for item in self._start if item not in items]
        deletes = [{"DeleteRequest": {"Key": _key(item)}} for item in items if _key(item) not in wanted]
        for requests in batched([*puts, *deletes], BATCH, strict=False):
            self._client.batch_write_item(RequestItems={self._table: requests})

    def path(self, request: Request) -> str:
        """Return the path of a request."""

        def value(parameter: str) -> str:
            name = request.ids.get(parameter, self.USUAL[parameter])
            return self.names.get(name, name)

        return re.sub(r"{(\w+)\+?}", lambda parameter: value(parameter[1]), request.path)

    def send(self, request: Request, *, as_: Caller | None = None, **options: Any) -> Answer:
        """Send a request as this user or another one."""
        if as_ is None:
            options = {"verdict": self.verdict, **options}
        return (as_ or self.user).call(
            request.method,
            self.path(request),
            self.filled(request.body),
            raw=self.filled(request.raw),
            query=self.filled(request.query),
            headers={**self.filled(request.headers), **({"idempotency-key": "a-key"} if request.keyed else {})},
            cookies=self.filled(request.cookies),
            **options,
        )

    def look(self) -> tuple[str, list[str]]:
        """Return the relevant contents of the table, and the rules that they break.

        States that differ only in new ids, times and hashes are equal. Counters, ended sessions and the remaining items
        of deleted accounts are left out.
        """
        items = sorted(map(wire.load, self._dump()), key=lambda item: (item["pk"], item["sk"]))
        profiles = {item["pk"]: item for item in items if item["sk"] == keys.PROFILE}
        lines = (json.dumps(item, default=sorted, sort_keys=True) for item in items if _counts(item, profiles))
        return "\n".join(sorted(map(self.shape, lines))), [" ".join(one) for one in find_violations(items)]

    def drain(self) -> bool:
        """Deliver the stream until nothing is left to delete; return False if there was nothing."""
        stream = Stream(self._dump)
        if not stream.records():
            return False
        stream.drain()
        return True

    def _shape(self, text: str) -> str:
        """Return the text with each new value replaced by its kind."""
        return NEW.sub(lambda match: match[0] if match[0] in self._known else f"<{match.lastgroup}>", text)

    def filled(self, value: Any) -> Any:
        """Return the value with its placeholders replaced, at any depth."""
        match value:
            case dict():
                return {name: self.filled(one) for name, one in value.items()}
            case list() | tuple():
                return [self.filled(one) for one in value]
            case str():
                return re.sub(r"{(\w+)}", lambda name: self.names[name[1]], value)
        return value


def _spend(caller: Caller) -> str:
    """Return a refresh token whose successor was also exchanged."""
    token = caller.refresh_token
    for _ in range(2):
        answer = caller.api.call("POST", "/api/auth/refresh", {"refresh_token": token})
        token = answer.json["refresh_token"]
    return caller.refresh_token


def _counts(item: Json, profiles: dict[str, Json]) -> bool:
    if item["pk"].startswith(keys.THROTTLES):
        return False
    profile = profiles.get(item["pk"])
    if profile is None or item is profile:
        return True
    if "deleted_at" in profile:
        return False
    return not (item["sk"].startswith(keys.SESSIONS) and item["epoch"] < profile["session_epoch"])


def _key(item: Json) -> Json:
    return {name: item[name] for name in ("pk", "sk")}
