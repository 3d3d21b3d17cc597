"""The API in this process without a hurry: nothing in it depends on what time it is, or on how fast the machine is."""

import hashlib
import itertools
import math
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Final, Self
from unittest.mock import patch

from botocore.config import Config

from lambdo.base import times
from lambdo.table import aws
from lambdo.web import endpoint
from tools.local.application import Application

MOMENT: Final = datetime(2026, 11, 21, 12, 7, 30, tzinfo=UTC)  # in the middle of a window of the throttles
PATIENCE: Final = 120  # seconds; a bound on hanging, not a measurement
# Seconds for which a request goes on with what it may leave to others.
SWEEPS: Final = (
    "functions.delete_me.app.SWEEP_SECONDS",
    "lambdo.sessions.service._SWEEP_SECONDS",
    "lambdo.tasks.trash._SECONDS",
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

    # Tokens are judged by this moment also where a test moves the clock of the services.
    wall = SimpleNamespace(**vars(time) | {"time": lambda: now().timestamp()})
    with patch.object(times, "now", now), patch("jwt.api_jwt.datetime", Clock), patch.object(endpoint, "time", wall):
        yield


@contextmanager
def unhurried(application: Application) -> Iterator[Application]:
    """Yield the application whose calls do not time out, whose sweeps go on to their end, and whose table removes nothing.

    Fingerprints of passwords, which take a fifth of a second each, cost little.
    """
    with ExitStack() as stack:
        config = aws.CONFIG.merge(Config(connect_timeout=PATIENCE, read_timeout=PATIENCE))
        stack.enter_context(patch.object(aws, "CONFIG", config))
        aws.client.cache_clear()
        stack.enter_context(patch.object(hashlib, "scrypt", _cheap_hash))
        for seconds in SWEEPS:
            stack.enter_context(patch(seconds, math.inf))
        for name, properties in application.tables.items():
            kept = {**properties["TimeToLiveSpecification"], "Enabled": False}
            aws.client("dynamodb").update_time_to_live(TableName=name, TimeToLiveSpecification=kept)
        tables = {
            name: {key: value for key, value in properties.items() if key != "TimeToLiveSpecification"}
            for name, properties in application.tables.items()
        }
        yield replace(application, tables=tables)


def _cheap_hash(text: bytes, *, salt: bytes, **_: int) -> bytes:
    return hashlib.sha256(salt + text).digest()
