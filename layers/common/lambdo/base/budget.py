"""How much time the current invocation has left. The handler starts the budget; AWS calls check it before each attempt.

A Lambda environment serves one invocation at a time, so one module-level budget is enough (docs/decisions/0023).
"""

from collections.abc import Callable
from typing import Final

ANSWER: Final = 0.5  # seconds that a response takes after the last call, including its log line


class Budget:
    """The time that is left until the function's timeout."""

    def __init__(self) -> None:
        self._remaining_millis: Callable[[], int] | None = None
        self._reserved = ANSWER

    def start(self, remaining_millis: Callable[[], int] | None, *, reserved: float = ANSWER) -> None:
        """Begin an invocation.

        Parameters
        ----------
        remaining_millis
            Lambda's `context.get_remaining_time_in_millis`; None for no limit.
        reserved
            Seconds that must be left after the last call.
        """
        self._remaining_millis = remaining_millis
        self._reserved = reserved

    def covers(self, seconds: float) -> bool:
        """Tell whether something that takes at most this many seconds would still end in time."""
        return self._remaining_millis is None or self._remaining_millis() / 1000 >= seconds + self._reserved


budget = Budget()
