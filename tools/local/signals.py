"""The signals that stop a command. Their handlers take no lock.

Python runs a handler in the main thread between any two instructions, so one that takes a lock may wait for the very code
that it interrupted: `threading.Event.set()` never returns inside a handler that runs within `Event.wait()`.
"""

import os
import select
import signal
from collections.abc import Callable

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def catch_signals() -> int:
    """Return a descriptor that is readable as soon as one of the signals has arrived; they interrupt nothing any more.

    The interpreter itself writes to it. https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
    """
    arrived, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    _handle_signals(_do_nothing)
    return arrived


def wait_for_signal(arrived: int, seconds: float) -> bool:
    """Return whether a signal has arrived, at the latest after so many seconds."""
    return bool(select.select([arrived], [], [], seconds)[0])


def interrupt_once() -> None:
    """Let the first of the signals raise KeyboardInterrupt, and no other interrupt the cleaning up after it."""

    def interrupt(*_: object) -> None:
        _handle_signals(_do_nothing)
        raise KeyboardInterrupt

    _handle_signals(interrupt)


def _handle_signals(handler: Callable[..., None]) -> None:
    """Set the handler also where the command was started to ignore SIGINT, as a script's `&` does; `nohup` is respected."""
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def _do_nothing(*_: object) -> None:
    pass
