"""The one logger: JSON lines in one form for all functions. A frame makes it when it is put around a handler."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import Logger

from lambdo.base import events


@cache
def logger() -> Logger:
    """Return the logger, made once.

    Its lines are without what the log group and the log stream tell, and without the id of a trace, which there mostly
    is none of: they keep their room for the event.
    """
    made = Logger(location=None, utc=True, datefmt="%Y-%m-%dT%H:%M:%S.%FZ", xray_trace_id=None)
    made.remove_keys(["service"])
    return made


def log_line(message: str, line: Mapping[str, Any], happened: Mapping[str, Any]) -> None:
    """Log a line, at WARNING if what has happened (`events.take`) is suspicious."""
    log = logger().warning if happened.get("event") in events.SUSPICIOUS else logger().info
    log(message, **line)
