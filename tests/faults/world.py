"""What every case starts from: one user with a little of everything, brought back by batch writes, and what of it counts."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

from lambdo.mails.models import LIFETIMES
from lambdo.sessions import refresh_tokens
from lambdo.table import aws, keys, wire
from tests.caller import PASSWORD, UNKNOWN_ID, Answer, Api, Caller, Json
from tests.faults.cases import Case
from tests.fsck import uncounted
from tests.mailbox import issue
from tests.stream import Stream
from tools.operate.invariants import violations

# What is another with each run. What was there at the start keeps its own name.
NEW = re.compile(
    r"(?P<password>\$2b\$\d\d\$[./\w]{53})|(?P<access>eyJ[\w.-]+)|(?P<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?P<hash>\b[0-9a-f]{64}\b)|(?P<secret>[\w-]{60,})|(?P<seconds>\b1\d{9}\b)"
    r"|(?P<request>[\w+/]{15}=)"
)


class World:
    """A user with the tags w, x, y, two tasks that have w and x, one of them in the trash, others, and two sessions.

    One of the others has no tags, one is done and has a due date.
    """

    def __init__(self, api: Api, dump: Callable[[], list[Json]]) -> None:
        self.user = api.sign_up()
        self._verdict = api.authorize(f"Bearer {self.user.access_token}")
        self._dump = dump
        self._client = aws.client("dynamodb")
        (self._table,) = api.application.tables
        other = api.log_in(self.user.email)
        tags = {name: self.user.create_tag(name=name)["id"] for name in "wxy"}
        tasks = {
            "tagged": self.user.create_task(tag_ids=[tags["w"], tags["x"]]),
            "done": self.user.create_task(completed=True, due_date="2026-12-01"),
            "plain": self.user.create_task(),
            "deleted": self.user.create_task(tag_ids=[tags["w"], tags["x"]], due_date="2026-12-01"),
        }
        self.user.call("DELETE", f"tasks/{tasks['deleted']['id']}")
        self.names: dict[str, str] = {
            **tags,
            **{name: task["id"] for name, task in tasks.items()},
            **{purpose: issue(self.user, purpose) for purpose in LIFETIMES},
            "unknown": UNKNOWN_ID,
            "other": refresh_tokens.parse(other.refresh_token).session_id,
            "email": self.user.email,
            "quoted": quote_plus(PASSWORD),
            "refresh_token": self.user.refresh_token,
            "spent_token": _spend(other),
            "cursor": self.user.call("GET", "tasks", query="limit=1").json["next_cursor"],
        }
        self._start = uncounted(dump())
        self._known = {match[0] for match in NEW.finditer(json.dumps(self._start)) if not match["seconds"]}

    def restore(self) -> None:
        """Make everything but the counters as it was at the start."""
        items = uncounted(self._dump())
        wanted = [_key(item) for item in self._start]
        puts = [{"PutRequest": {"Item": item}} for item in self._start if item not in items]
        deletes = [{"DeleteRequest": {"Key": _key(item)}} for item in items if _key(item) not in wanted]
        if requests := puts + deletes:
            self._client.batch_write_item(RequestItems={self._table: requests})

    def send(self, case: Case) -> Answer:
        """Send a case's request as its user."""
        path = case.route.replace("{user_id}", "me")
        for parameter, name in case.ids.items():
            path = path.replace(f"{{{parameter}}}", self.names[name])
        return self.user.call(
            case.method,
            path,
            self._filled(case.body),
            raw=self._filled(case.raw),
            query=self._filled(case.query),
            headers=case.headers | ({"idempotency-key": "a-key"} if case.keyed else {}),
            cookies=self._filled(case.cookies),
            verdict=self._verdict,
        )

    def look(self) -> tuple[str, list[str]]:
        """Return what counts of what is in the table, and which rules it breaks.

        What differs in new ids, times and hashes alone is the same. Neither counters count, nor sessions that have ended, nor
        what a deleted account still has.
        """
        items = sorted(map(wire.load, self._dump()), key=lambda item: (item["pk"], item["sk"]))
        profiles = {item["pk"]: item for item in items if item["sk"] == keys.PROFILE}
        lines = (json.dumps(item, default=sorted, sort_keys=True) for item in items if _counts(item, profiles))
        return "\n".join(sorted(map(self.shape, lines))), [" ".join(one) for one in violations(items)]

    def drain(self) -> bool:
        """Let the stream come until it has nothing more to do; return False if that is so already."""
        stream = Stream(self._dump)
        if not stream.records():
            return False
        stream.drain()
        return True

    def shape(self, text: str) -> str:
        """Return a text with the kinds of what is new in it in the place of its values."""
        return NEW.sub(lambda match: match[0] if match[0] in self._known else f"<{match.lastgroup}>", text)

    def _filled(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._filled(one) for name, one in value.items()}
            case list() | tuple():
                return [self._filled(one) for one in value]
            case str():
                return re.sub(r"\{(\w+)\}", lambda name: self.names[name[1]], value)
        return value


def _spend(caller: Caller) -> str:
    """Return a refresh token whose successor has been exchanged as well."""
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
