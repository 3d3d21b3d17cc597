"""Idempotency records: what a request with an Idempotency-Key has brought, an item for each (docs/decisions/0020).

A record is written in the transaction of the effect that it proves, so there are both or neither.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

from lambdo.base import times
from lambdo.table import calls as table
from lambdo.table import keys, writes
from lambdo.table.wire import Item

LIFETIME: Final = 86_400  # seconds


class Record(NamedTuple):
    """The fingerprint of the request that was met, and what came of it (JSON-like; None if there is nothing to tell)."""

    fingerprint: str
    result: Any


class TakenError(Exception):
    """Another request with the same key was faster; `record` is its own, or None if it is being written."""

    def __init__(self, record: Record | None) -> None:
        super().__init__("the idempotency key is taken")
        self.record = record


@dataclass(slots=True)
class Keyed:
    """A request that has a key: hashes of the key and of what was sent, and whether its record is written."""

    key_hash: str
    fingerprint: str
    is_recorded: bool = False


class _RehearsedError(Exception):
    """A rehearsal has come to the write; `result` is what would have come of it."""

    def __init__(self, result: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        super().__init__("a rehearsal writes nothing")
        self.result = result


# A Lambda environment serves one request at a time, but the threads of tests do not.
_request: Final[ContextVar[Keyed | None]] = ContextVar("request", default=None)
_rehearsing: Final[ContextVar[bool]] = ContextVar("rehearsing", default=False)


@contextmanager
def keyed(request: Keyed) -> Iterator[None]:
    """Let the writes marked by `recorded` in the with-block carry the request's record."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def rehearse[Result](act: Callable[[], Result]) -> Result:
    """Return what the act would, after all that it reads and refuses, but without the write that it marks by `recorded`."""
    token = _rehearsing.set(True)
    try:
        return act()
    except _RehearsedError as end:
        return cast("Result", end.result)
    finally:
        _rehearsing.reset(token)


def needs_results() -> bool:
    """Tell whether the result of a write has to be known before it."""
    return _rehearsing.get() or _request.get() is not None


@contextmanager
def recorded(owner: str, result: Any) -> Iterator[None]:  # noqa: ANN401 - whatever JSON holds
    """Let the one write of the with-block carry the record of its result, if the request has a key.

    Parameters
    ----------
    owner
        The id of the user whose request it is, or the e-mail address of somebody not known yet.
    result
        What the service returns once the write is done.

    Raises
    ------
    TakenError
        If another request with the same key was faster; nothing is written then.
    """
    if _rehearsing.get():
        raise _RehearsedError(result)
    request = _request.get()
    if request is None:
        yield
        return
    companion = writes.Companion(_create(owner, request, result))
    token = writes.companion.set(companion)
    try:
        yield
    except table.CompanionRefusedError as error:
        raise TakenError(_record(error.current) if error.current else None) from error
    finally:
        writes.companion.reset(token)
    request.is_recorded = companion.carried


def put(owner: str, result: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Write the record by itself, of a request that had nothing to change; raises TakenError. One call."""
    with recorded(owner, result):
        table.transact()


def get(owner: str, key_hash: str) -> Record | None:
    """Return the record of a key, or None. One call, 1 RRU for each 4 KB begun."""
    item = table.get(_partition(owner), keys.idempotency(key_hash))
    return _record(item) if item and item["expires_at"] > times.unix() else None


def _create(owner: str, request: Keyed, result: Any) -> writes.Write:  # noqa: ANN401 - whatever JSON holds
    now = times.unix()
    item = {
        "pk": _partition(owner),
        "sk": keys.idempotency(request.key_hash),
        "fingerprint": request.fingerprint,
        "result": None if result is None else json.dumps(result, separators=(",", ":"), ensure_ascii=False),
        "expires_at": now + LIFETIME,
    }
    return writes.create_anew(item, now)


def _partition(owner: str) -> str:
    return keys.email(owner) if "@" in owner else keys.user(owner)


def _record(item: Item) -> Record:
    return Record(item["fingerprint"], json.loads(item.get("result", "null")))
