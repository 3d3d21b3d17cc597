"""Idempotency-Key: a request that is sent again with its key has one effect and one answer (docs/decisions/0020).

draft-ietf-httpapi-idempotency-key-header-07. What is kept of a request lies in `table/records`.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Final, cast

from lambdo.base import events
from lambdo.base.problems import IdempotencyKeyInUse, IdempotencyKeyReused, MalformedHeader, Problem, ServiceUnavailable
from lambdo.table import records
from lambdo.table.calls import RecordRefusedError
from lambdo.table.records import Keyed, Record
from lambdo.web.endpoint import Request

REPLAYED: Final = "idempotent-replayed"
# A string of RFC 8941, as the draft has it, or the same without its quotes, as most clients send it.
KEY: Final = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\x21\x23-\x7e]{1,255})')


def once[Result](
    request: Request,
    act: Callable[[Record], Result],
    *,
    owner: Callable[[], str | None] | None = None,
    secret: bool = False,
    part: str = "",
) -> Result:
    """Return the result of the act or, if the request was met before, of that time. Without a key this is `act(None)`.

    The act is simply tried: its write carries the record and fails if there is one already. What the service refuses may be
    refused because it was done before, so then the record is looked for. Refusals themselves leave no record: they
    changed nothing.

    Parameters
    ----------
    act
        Hands the record to a service, whose one write carries it (`records.with_record`), and returns its result.
    owner
        Whose record it is: returns a user id, an email address, or None for nobody; the token's user by default.
    secret
        The body holds a password: no fingerprint of it is kept that could be guessed quickly.
    part
        Which part of the request, where each has a record of its own.

    Raises
    ------
    MalformedHeader
        If the key is not 1 to 255 printable ASCII characters, in quotes if there are spaces.
    IdempotencyKeyReused, IdempotencyKeyInUse
        If the key came with another request before, or comes with one at this moment.
    """
    key = _read_key(request)
    if key is None:
        return act(None)
    record = Keyed(_hash(request.route, key, part), _fingerprint(request, key, secret=secret))
    find_owner = owner or (lambda: request.user_id)
    try:
        result = act(record)
        if not record.is_written():
            records.put(record, find_owner() or "", result)
    except RecordRefusedError as error:
        if error.current is None:
            raise IdempotencyKeyInUse from error
        kept = records.from_item(error.current)
    except ServiceUnavailable:
        raise
    except Problem:
        found = records.get(who, record.key_hash) if (who := find_owner()) else None
        if found is None:
            raise
        kept = found
    else:
        return result
    if kept.fingerprint != record.fingerprint:
        raise IdempotencyKeyReused
    events.take()  # what the attempt found amiss is what the first time did
    request.response_headers[REPLAYED] = "true"
    return cast("Result", kept.result)


def _read_key(request: Request) -> str | None:
    value = request.headers.get("idempotency-key")
    if value is None:
        return None
    match = KEY.fullmatch(value.strip())
    if match is None:
        raise MalformedHeader(
            "Idempotency-Key should be 1 to 255 printable ASCII characters, in quotes if there are spaces."
        )
    return match[1] or match[2]


def _fingerprint(request: Request, key: str, *, secret: bool) -> str:
    """Return a hash of what makes this request another than others of the same route and user."""
    ids = [f"{name}={value}" for name, value in sorted(request.parameters.items()) if name != "user_id"]
    sent = _hash(*ids, request.query_string, hashlib.sha256(request.raw_body).hexdigest())
    if not secret:
        return sent
    # https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
    return hashlib.scrypt(sent.encode(), salt=key.encode(), n=2**14, r=8, p=5, maxmem=2**25, dklen=32).hex()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
