"""What the functions in this process stand on: one moment, no hurry, and no limits against attackers."""

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
PATIENCE: Final = 120  # seconds; a bound on hanging, not a measurement
# Seconds for which a request goes on with what it may leave to others.
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
    """Let everything happen at one moment, whatever time it is: a look at the clock takes a microsecond.

    So no token expires, no day ends and no throttle counts anew, unless someone moves the clock.
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
    """Let calls not time out, sweeps go on to their end and nothing that expires be removed, however slow or late this machine is."""
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
    """Let this process hash passwords at bcrypt's lowest cost, and count no attempts."""
    os.environ |= {"PASSWORD_COST": "4", **dict.fromkeys(LIMITS, str(MAX_LIMIT))}


def forget() -> None:
    """Forget what a process reads once."""
    vars(settings).clear()
    key_sets.get_cached.cache_clear()
    access_tokens._public_keys.cache_clear()


@contextmanager
def variables(**changed: str) -> Iterator[None]:
    """Change variables within the with block."""
    with patch.dict(os.environ, changed):
        forget()
        yield
    forget()
