"""Idempotency records: an item with the result of each request that has an Idempotency-Key (docs/decisions/0020).

A record is written in the same transaction as the effect that it proves, so either both exist or neither does. A
service receives the request's `Record`, and passes `with_record` to the one write that carries the record.
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
    """The fingerprint of the request that was carried out, and its result (JSON-like; None if it has none)."""

    fingerprint: str
    result: Any


class Keyed:
    """The record of a request that has a key: hashes of the key and of the request, and the write that creates it."""

    def __init__(self, key_hash: str, fingerprint: str) -> None:
        self.key_hash = key_hash
        self.fingerprint = fingerprint
        self.companion: Companion | None = None

    def is_written(self) -> bool:
        """Tell whether a write has carried the record."""
        return self.companion is not None and self.companion.carried


class Rehearsal:
    """The record of a request that is only rehearsed: it stops right before the write."""


type Record = Keyed | Rehearsal | None  # None for a request without a key


class _RehearsedError(Exception):
    """A rehearsal has reached the write; `result` is what the request would have returned."""

    def __init__(self, result: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        super().__init__("a rehearsal writes nothing")
        self.result = result


def with_record(record: Record, owner: str, result: Any) -> Companion | None:  # noqa: ANN401 - whatever JSON holds
    """Return the record that the request's one effective write must carry; None if the request has no key.

    Parameters
    ----------
    owner
        The id of the user who sent the request, or an email address if the user is not known yet.
    result
        What the service will return after the write.
    """
    match record:
        case None:
            return None
        case Rehearsal():
            raise _RehearsedError(result)
    record.companion = Companion(_create(owner, record, result))
    return record.companion


def rehearse[Result](act: Callable[[Record], Result]) -> Result:
    """Return what the act would return: it reads and refuses as usual, but does not write."""
    try:
        return act(Rehearsal())
    except _RehearsedError as end:
        return cast("Result", end.result)


def put(record: Keyed, owner: str, result: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Write only the record, for a request that had nothing to change; raises RecordRefusedError. One call."""
    calls.transact({}, with_record(record, owner, result))


def get(owner: str, key_hash: str) -> Kept | None:
    """Return what is stored under a key, or None. One call, 1 RRU for each 4 KB begun."""
    item = calls.get(_partition(owner), keys.idempotency(key_hash))
    return from_item(item) if item and item["expires_at"] > times.unix() else None


def from_item(item: Item) -> Kept:
    """Return what an item stores."""
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
