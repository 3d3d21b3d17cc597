"""What the template sets against attackers, out of the way of requests that all come from one address."""

import os
from typing import Final

from lambdo.base.settings import MAX_LIMIT

LIMITS: Final = (
    "LOG_IN_FAILURES_PER_ACCOUNT",
    "LOG_IN_FAILURES_PER_ADDRESS",
    "MAILS_PER_ACCOUNT",
    "MAILS_PER_ADDRESS",
    "PASSWORD_CHECKS_PER_ACCOUNT",
    "REGISTRATIONS_PER_ADDRESS",
)


def lift_limits() -> None:
    """Let this process hash passwords at bcrypt's lowest cost, and count no attempts."""
    os.environ |= {"PASSWORD_COST": "4", **dict.fromkeys(LIMITS, str(MAX_LIMIT))}
