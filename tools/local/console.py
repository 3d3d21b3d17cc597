"""Lines of the local server on the terminal, and the error that ends it with a single line."""

import contextlib
import json
import sys
from collections.abc import Iterable
from typing import Any


class StartError(Exception):
    """The server cannot start; the message is the one line that is printed."""


def say(line: str = "") -> None:
    """Print one line at once; a closed terminal (SIGHUP, a broken pipe) must not stop a clean shutdown."""
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)


def complain(line: str) -> None:
    """Print one line on standard error at once."""
    with contextlib.suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def format_request(
    method: str, target: str, status: int | str, *, milliseconds: float, units: float | None, cold: bool
) -> str:
    """Return the readable line of one request: method, path, status, milliseconds, capacity units."""
    cost = "" if units is None else f"{units:>6g} units"
    return f"{method:<7} {target:<60} {status} {milliseconds:>6.0f} ms{cost}{'  (cold)' if cold else ''}"


def parse_line(line: str) -> dict[str, Any] | None:
    """Return a log line's JSON object, or None if the line is something else."""
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def sum_capacity_units(lines: Iterable[str]) -> float | None:
    """Return the capacity units that the handlers' JSON log lines report, added up, or None without any."""
    found = [record["capacity_units"] for record in map(parse_line, lines) if record and "capacity_units" in record]
    numbers = [float(value) for value in found if isinstance(value, int | float)]
    return sum(numbers) if numbers else None


def select_readable(lines: Iterable[str], *, verbose: bool) -> list[str]:
    """Return the lines of a function's output for the terminal: prints and failures, or everything if verbose.

    A structured record goes only to the log file, unless it is an error; then its message and traceback are shown.
    """
    shown: list[str] = []
    for line in lines:
        record = parse_line(line)
        if record is None or verbose:
            shown.append(line)
        elif str(record.get("level", "")).upper() in {"ERROR", "CRITICAL"}:
            shown.append(f"{record['level']} {record.get('message', '')}")
            shown.extend(str(record.get("exception", "")).splitlines())
    return shown
