"""Idempotency records: what a request with an Idempotency-Key has brought, an item for each (docs/decisions/0020).

A record is written in the transaction of the effect that it proves, so there are both or neither. A service is handed
the request's `Record`, and hands `with_record` to the one write that the record goes with.
"""

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast

from lambdo.base import times
from lambdo.table import calls, keys, writes
from lambdo.table.wire import Item
from lambdo.table.writes import Companion

LIFETIME: Final = 86_400  # seconds


class Kept(NamedTuple):
    """The fingerprint of the request that was met, and what came of it (JSON-like; None if there is nothing to tell)."""

    fingerprint: str
    result: Any


class Keyed:
    """The record of a request that has a key: hashes of the key and of what was sent, and the write that creates it."""

    def __init__(self, key_hash: str, fingerprint: str) -> None:
        self.key_hash = key_hash
        self.fingerprint = fingerprint
        self.companion: Companion | None = None

    def is_written(self) -> bool:
        """Tell whether a write has carried the record."""
        return self.companion is not None and self.companion.carried


class Rehearsal:
    """The record of a request that is only rehearsed: it comes to the write, and no further."""


type Record = Keyed | Rehearsal | None  # None of a request that has no key


class _RehearsedError(Exception):
    """A rehearsal has come to the write; `result` is what would have come of it."""

    def __init__(self, result: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        super().__init__("a rehearsal writes nothing")
        self.result = result


def with_record(record: Record, owner: str, result: Any) -> Companion | None:  # noqa: ANN401 - whatever JSON holds
    """Return what the one effective write of a request is to carry; None if the request has no key.

    Parameters
    ----------
    owner
        The id of the user whose request it is, or the email address of someone who is not known yet.
    result
        What the service returns once the write is done.
    """
    match record:
        case None:
            return None
        case Rehearsal():
            raise _RehearsedError(result)
    record.companion = Companion(_create(owner, record, result))
    return record.companion


def rehearse[Result](act: Callable[[Record], Result]) -> Result:
    """Return what the act would, after all that it reads and refuses, but without its write."""
    try:
        return act(Rehearsal())
    except _RehearsedError as end:
        return cast("Result", end.result)


def put(record: Keyed, owner: str, result: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Write the record by itself, of a request that had nothing to change; raises RecordRefusedError. One call."""
    calls.transact({}, with_record(record, owner, result))


def get(owner: str, key_hash: str) -> Kept | None:
    """Return what is kept under a key, or None. One call, 1 RRU for each 4 KB begun."""
    item = calls.get(_partition(owner), keys.idempotency(key_hash))
    return from_item(item) if item and item["expires_at"] > times.unix() else None


def from_item(item: Item) -> Kept:
    """Return what an item keeps."""
    return Kept(item["fingerprint"], json.loads(item.get("result", "null")))


def _create(owner: str, record: Keyed, result: Any) -> writes.Write:  # noqa: ANN401 - whatever JSON holds
    now = times.unix()
    item = {
        "pk": _partition(owner),
        "sk": keys.idempotency(record.key_hash),
        "fingerprint": record.fingerprint,
        "result": None if result is None else json.dumps(result, separators=(",", ":"), ensure_ascii=False),
        "expires_at": now + LIFETIME,
    }
    return writes.create_anew(item, now)


def _partition(owner: str) -> str:
    return keys.email(owner) if "@" in owner else keys.user(owner)
