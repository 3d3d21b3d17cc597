"""Throttles: limits on the number of attempts within a window of time, counted in the table (docs/decisions/0018).

Functions named by nouns return throttles; `check` and `count` refuse attempts over the limit. An address is the source
IP that the gateway reports, never a header. The table stores only hashes of accounts and addresses, because people also
type email addresses of others.
"""

import hashlib
import ipaddress
from collections.abc import Mapping
from typing import Final, NamedTuple

from lambdo.base import events, times
from lambdo.base.problems import TooManyRequests
from lambdo.base.settings import settings
from lambdo.table import calls, keys, writes
from lambdo.table.wire import Item

_QUARTER, _HOUR = 900, 3600  # seconds
_ALL: Final = "hits"

type Counts = dict[str, int]


class Throttle(NamedTuple):
    """Limits for each window of `seconds`; `quotas` has the limit of each counter that an attempt increases."""

    name: str
    who: str
    seconds: int
    quotas: Mapping[str, int]


def log_in_failures(email: str, source_ip: str) -> Throttle:
    """Wrong passwords from one address: for one account, whose owner can log in elsewhere, and for all together."""
    quotas = {
        f"{_ALL}_{_hash(email)[:16]}": settings.log_in_failures_per_account,
        _ALL: settings.log_in_failures_per_address,
    }
    return Throttle("log_in_failures", _address(source_ip), _QUARTER, quotas)


def mails_from(source_ip: str) -> Throttle:
    """Emails to choose a new password, requested from one address for all accounts together."""
    return Throttle("mails_from_address", _address(source_ip), _HOUR, {_ALL: settings.mails_per_address})


def mails_to(account: str) -> Throttle:
    """Emails requested for one email address or, to confirm an address, by one user id."""
    return Throttle("mails_to_account", _hash(account), _HOUR, {_ALL: settings.mails_per_account})


def password_checks(user_id: str) -> Throttle:
    """Password checks of one user who is already logged in."""
    quotas = {_ALL: settings.password_checks_per_account}
    return Throttle("password_checks", _hash(user_id), _QUARTER, quotas)


def registrations(source_ip: str) -> Throttle:
    """Registrations from one address, including those for an email address that already has an account."""
    return Throttle("registrations", _address(source_ip), _HOUR, {_ALL: settings.registrations_per_address})


def check(throttle: Throttle) -> None:
    """Raise TooManyRequests if the quota is used up, without counting an attempt. One call, 1 RRU."""
    now, start = _window(throttle)
    item = calls.get(keys.throttle(throttle.name, throttle.who), keys.window(start))
    counts = _counts(throttle, item)
    if any(counts[counter] >= quota for counter, quota in throttle.quotas.items()):
        raise _too_many(throttle, counts, start + throttle.seconds - now)


def count(throttle: Throttle) -> None:
    """Count an attempt; raises TooManyRequests instead if the quota is used up. One call, 1 WRU.

    The item of a window has a number for each counter, and expires when the window ends.
    """
    now, start = _window(throttle)
    below = (f"(attribute_not_exists({counter}) OR {counter} < :{counter})" for counter in throttle.quotas)
    try:
        calls.update(
            writes.update(
                keys.throttle(throttle.name, throttle.who),
                keys.window(start),
                {"expires_at": start + throttle.seconds},
                condition=" AND ".join(below),
                values={f":{counter}": quota for counter, quota in throttle.quotas.items()},
                add=dict.fromkeys(throttle.quotas, 1),
            )
        )
    except calls.ConditionFailedError as error:
        raise _too_many(throttle, _counts(throttle, error.current), start + throttle.seconds - now) from error


def _window(throttle: Throttle) -> tuple[int, int]:
    """Return the current Unix second and the first second of the current window."""
    now = times.unix()
    return now, now - now % throttle.seconds


def _counts(throttle: Throttle, item: Item | None) -> Counts:
    return {counter: (item or {}).get(counter, 0) for counter in throttle.quotas}


def _too_many(throttle: Throttle, counts: Counts, seconds_left: int) -> TooManyRequests:
    events.record("throttled")
    quota = next(quota for counter, quota in throttle.quotas.items() if counts[counter] >= quota)
    return TooManyRequests(throttle.name, quota, throttle.seconds, seconds_left)


def _address(source_ip: str) -> str:
    """Return the hash of an IPv4 address, or of the /64 network of an IPv6 address, which one customer has."""
    address = ipaddress.ip_address(source_ip)
    prefix = 64 if address.version == 6 else 32
    return _hash(str(ipaddress.ip_network((address, prefix), strict=False)))


def _hash(who: str) -> str:
    return hashlib.sha256(who.encode()).hexdigest()
