"""Idempotency-Key: a request that is retried with its key has one effect and one response (docs/decisions/0020).

draft-ietf-httpapi-idempotency-key-header-07. `lambdo.table.records` stores the results of requests.
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
# An RFC 8941 string, as in the draft, or the same without quotes, as most clients send it.
KEY: Final = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\x21\x23-\x7e]{1,255})')


def once[Result](
    request: Request,
    act: Callable[[Record], Result],
    *,
    owner: Callable[[], str | None] | None = None,
    secret: bool = False,
    part: str = "",
) -> Result:
    """Return the result of the act, or that of an earlier request with the same key; without a key, `act(None)`.

    The act is simply tried: its write carries the record, and fails if the record already exists. The service may also
    refuse the request because an earlier one has already taken effect, so after a refusal the record is looked up.
    Refusals leave no record, because they changed nothing.

    Parameters
    ----------
    act
        Passes the record to a service, whose one write carries it (`records.with_record`), and returns the result.
    owner
        Returns the owner of the record: a user id, an email address, or None if there is none. By default, it is the
        token's user.
    secret
        The body contains a password, so its fingerprint is made with a slow hash, which is hard to guess from.
    part
        Names the part of the request, if each part has a separate record.

    Raises
    ------
    MalformedHeader
        If the key is not 1 to 255 printable ASCII characters, in quotes if there are spaces.
    IdempotencyKeyReused, IdempotencyKeyInUse
        If the key was used for a different request, or another request with it is in progress.
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
    events.take()  # forget the refusal that this attempt recorded: the first request caused it
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
    """Return a hash of everything that distinguishes this request from others of the same route and user."""
    ids = [f"{name}={value}" for name, value in sorted(request.parameters.items()) if name != "user_id"]
    sent = _hash(*ids, request.query_string, hashlib.sha256(request.raw_body).hexdigest())
    if not secret:
        return sent
    # https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
    return hashlib.scrypt(sent.encode(), salt=key.encode(), n=2**14, r=8, p=5, maxmem=2**25, dklen=32).hex()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
