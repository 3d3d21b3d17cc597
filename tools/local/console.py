"""The local server's output on the terminal, and the exception that ends it with one line."""

import contextlib
import json
import sys
from collections.abc import Iterable
from typing import Any


class StartError(Exception):
    """The server cannot start; the message is the one line that the user reads."""


def say(line: str = "") -> None:
    """Print one line now. A terminal that is gone (SIGHUP, a closed pipe) must not prevent a clean shutdown."""
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)


def complain(line: str) -> None:
    """Print one line on standard error now."""
    with contextlib.suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def request_line(
    method: str, target: str, status: int | str, *, milliseconds: float, units: float | None, cold: bool
) -> str:
    """Return the readable line of one request: method, path, status, milliseconds, capacity units."""
    cost = "" if units is None else f"{units:>6g} units"
    return f"{method:<7} {target:<60} {status} {milliseconds:>6.0f} ms{cost}{'  (cold)' if cold else ''}"


def parsed(line: str) -> dict[str, Any] | None:
    """Return a log line's JSON object, or None if the line is something else."""
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def capacity_units(lines: Iterable[str]) -> float | None:
    """Return the capacity units that the handlers' JSON log lines report, added up, or None without any."""
    found = [record["capacity_units"] for record in map(parsed, lines) if record and "capacity_units" in record]
    numbers = [float(value) for value in found if isinstance(value, int | float)]
    return sum(numbers) if numbers else None


def readable(lines: Iterable[str], *, verbose: bool) -> list[str]:
    """Return the lines of a function's output to show: prints and failures, or everything with `verbose`.

    A structured record goes only to the log file, unless it is an error; then its message and traceback are shown.
    """
    shown: list[str] = []
    for line in lines:
        record = parsed(line)
        if record is None or verbose:
            shown.append(line)
        elif str(record.get("level", "")).upper() in {"ERROR", "CRITICAL"}:
            shown.append(f"{record['level']} {record.get('message', '')}")
            shown.extend(str(record.get("exception", "")).splitlines())
    return shown
