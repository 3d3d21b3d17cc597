"""The logger: JSON lines in the same form for all functions. A frame creates it when it wraps a handler."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import Logger

from lambdo.base import events


@cache
def logger() -> Logger:
    """Return the logger, which is created once.

    To keep room for the event, its lines omit what the log group and the log stream already tell, and the trace id,
    because most requests have none.
    """
    made = Logger(location=None, utc=True, datefmt="%Y-%m-%dT%H:%M:%S.%FZ", xray_trace_id=None)
    made.remove_keys(["service"])
    return made


def log_line(message: str, line: Mapping[str, Any], happened: Mapping[str, Any]) -> None:
    """Log a line, at WARNING if the event that happened (`events.take`) is suspicious."""
    log = logger().warning if happened.get("event") in events.SUSPICIOUS else logger().info
    log(message, **line)
