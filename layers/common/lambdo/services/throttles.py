"""Throttles: how often somebody may do something within a window of time, counted in the table (docs/decisions/0018).

The nouns say who may do what how often, `check` and `count` refuse what is too much. An address is the gateway's
source IP, never a header. The table has a hash of whoever is counted: people type others' e-mail addresses, too.
"""

import hashlib
import ipaddress
from typing import Final

from lambdo import events, settings, times
from lambdo.models.throttle import Throttle
from lambdo.problems import TooManyRequests
from lambdo.store import throttles
from lambdo.store.throttles import Counts

_QUARTER, _HOUR = 900, 3600  # seconds
_ALL: Final = "hits"


def log_in_failures(email: str, source_ip: str) -> Throttle:
    """Wrong passwords from one address: for one account, which its owner can still use elsewhere, and for all together."""
    quotas = {
        f"{_ALL}_{_hash(email)[:16]}": settings.log_in_failures_per_account(),
        _ALL: settings.log_in_failures_per_address(),
    }
    return Throttle("log_in_failures", _address(source_ip), _QUARTER, quotas)


def mails_from(source_ip: str) -> Throttle:
    """Mails to choose a new password that one address asks for, for whatever accounts."""
    return Throttle("mails_from_address", _address(source_ip), _HOUR, {_ALL: settings.mails_per_address()})


def mails_to(account: str) -> Throttle:
    """Mails that are asked for to one e-mail address or, to have it confirmed, by one user id."""
    return Throttle("mails_to_account", _hash(account), _HOUR, {_ALL: settings.mails_per_account()})


def password_checks(user_id: str) -> Throttle:
    """How often somebody who has logged in may be asked for the password again."""
    quotas = {_ALL: settings.password_checks_per_account()}
    return Throttle("password_checks", _hash(user_id), _QUARTER, quotas)


def registrations(source_ip: str) -> Throttle:
    """Registrations from one address, also those that find the e-mail address taken."""
    return Throttle("registrations", _address(source_ip), _HOUR, {_ALL: settings.registrations_per_address()})


def check(throttle: Throttle) -> None:
    """Count nothing; raises TooManyRequests if there have been as many as may be. One read."""
    now, start = _window(throttle)
    counts = throttles.get(throttle, start)
    if any(counts[counter] >= quota for counter, quota in throttle.quotas.items()):
        raise _too_many(throttle, counts, start + throttle.seconds - now)


def count(throttle: Throttle) -> None:
    """Count one more; raises TooManyRequests instead if there have been as many as may be. One write."""
    now, start = _window(throttle)
    counts = throttles.add(throttle, start)
    if counts is not None:
        raise _too_many(throttle, counts, start + throttle.seconds - now)


def _window(throttle: Throttle) -> tuple[int, int]:
    """Return the current Unix second and the one that the current window began with."""
    now = times.unix()
    return now, now - now % throttle.seconds


def _too_many(throttle: Throttle, counts: Counts, seconds_left: int) -> TooManyRequests:
    events.record("throttled")
    quota = next(quota for counter, quota in throttle.quotas.items() if counts[counter] >= quota)
    return TooManyRequests(throttle.name, quota, throttle.seconds, seconds_left)


def _address(source_ip: str) -> str:
    """Return the hash of an IPv4 address, or of the /64 that a customer gets of IPv6."""
    address = ipaddress.ip_address(source_ip)
    prefix = 64 if address.version == 6 else 32
    return _hash(str(ipaddress.ip_network((address, prefix), strict=False)))


def _hash(who: str) -> str:
    return hashlib.sha256(who.encode()).hexdigest()
