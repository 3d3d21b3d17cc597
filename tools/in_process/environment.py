"""The environment variables of the functions in this process, without the limits against attackers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from unittest.mock import patch

from lambdo.base.settings import MAX_LIMIT, settings
from lambdo.sessions import access_tokens
from lambdo.table import key_sets

LIMITS: Final = (
    "LOG_IN_FAILURES_PER_ACCOUNT",
    "LOG_IN_FAILURES_PER_ADDRESS",
    "MAILS_PER_ACCOUNT",
    "MAILS_PER_ADDRESS",
    "PASSWORD_CHECKS_PER_ACCOUNT",
    "REGISTRATIONS_PER_ADDRESS",
)


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
