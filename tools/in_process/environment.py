"""The environment of the functions in this process: a fixed time, no time limits, and no limits against attackers."""

import itertools
import math
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Self
from unittest.mock import patch

from botocore.config import Config

from lambdo.base import times
from lambdo.base.settings import MAX_LIMIT, settings
from lambdo.sessions import access_tokens
from lambdo.table import aws, key_sets
from tools.local.application import Application

MOMENT: Final = datetime(2026, 11, 21, 12, 7, 30, tzinfo=UTC)  # in the middle of a window of the throttles
PATIENCE: Final = 120  # seconds; a limit against hanging, not a measurement
# How many seconds a request continues with work that it may leave to others.
SWEEPS: Final = (
    "functions.delete_me.app.SWEEP_SECONDS",
    "lambdo.sessions.service._SWEEP_SECONDS",
    "lambdo.tasks.trash._SECONDS",
)
LIMITS: Final = (
    "LOG_IN_FAILURES_PER_ACCOUNT",
    "LOG_IN_FAILURES_PER_ADDRESS",
    "MAILS_PER_ACCOUNT",
    "MAILS_PER_ADDRESS",
    "PASSWORD_CHECKS_PER_ACCOUNT",
    "REGISTRATIONS_PER_ADDRESS",
)


@contextmanager
def one_moment() -> Iterator[None]:
    """Fix the time, whatever the real time is; each look at the clock advances it by a microsecond.

    So no token expires, no day ends and no throttle begins a new window, unless a test moves the clock.
    """
    looks = itertools.count()

    def now() -> datetime:
        return MOMENT + timedelta(microseconds=next(looks))

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(now().timestamp(), tz)

    with patch.object(times, "now", now), patch("jwt.api_jwt.datetime", Clock):
        yield


@contextmanager
def unhurried(application: Application) -> Iterator[Application]:
    """Remove time limits, so that the machine's speed does not matter: no call times out, and sweeps run to their end.

    TTL is off, so that DynamoDB removes no expired items.
    """
    with ExitStack() as stack:
        patient = aws.CONFIG.merge(Config(connect_timeout=PATIENCE, read_timeout=PATIENCE))
        stack.enter_context(patch.object(aws, "CONFIG", patient))
        aws.client.cache_clear()
        for sweep in SWEEPS:
            stack.enter_context(patch(sweep, math.inf))
        tables = {
            name: {key: value for key, value in properties.items() if key != "TimeToLiveSpecification"}
            for name, properties in application.tables.items()
        }
        for name, properties in application.tables.items():
            attribute = properties["TimeToLiveSpecification"]["AttributeName"]
            aws.client("dynamodb").update_time_to_live(
                TableName=name, TimeToLiveSpecification={"AttributeName": attribute, "Enabled": False}
            )
        yield replace(application, tables=tables)


def lift_limits() -> None:
    """Make this process hash passwords at bcrypt's lowest cost, and raise all limits on attempts to the maximum."""
    os.environ |= {"PASSWORD_COST": "4", **dict.fromkeys(LIMITS, str(MAX_LIMIT))}


def forget() -> None:
    """Forget everything that a process reads only once."""
    vars(settings).clear()
    key_sets.get_cached.cache_clear()
    access_tokens._public_keys.cache_clear()


@contextmanager
def variables(**changed: str) -> Iterator[None]:
    """Change environment variables within the with block."""
    with patch.dict(os.environ, changed):
        forget()
        yield
    forget()
