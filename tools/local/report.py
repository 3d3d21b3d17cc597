"""The report of an invocation: a line and the important output on the terminal, and all output in a log."""

import contextlib
import time
from collections.abc import Iterable
from pathlib import Path

from tools.local.application import EventSource
from tools.local.console import format_request, say, select_readable, sum_capacity_units
from tools.local.delivery import Record, count_records, find_first_failed
from tools.local.gateway import Exchange
from tools.local.mailbox import Mail
from tools.local.pool import Result


def report_request(exchange: Exchange, logs: Path, *, verbose: bool) -> None:
    """Print the line of a request, and report each function that it invoked."""
    milliseconds = (time.perf_counter() - exchange.started) * 1000
    request, results = exchange.request, exchange.results
    target = "".join(one if one.isprintable() else "?" for one in request.environ["REQUEST_URI"])
    line = format_request(
        request.method,
        target if len(target) <= 60 else target[:57] + "...",
        exchange.status,
        milliseconds=milliseconds,
        units=sum_capacity_units(line for _, result in results for line in result.lines),
        cold=any(result.cold for _, result in results),
    )
    say(line)
    for name, result in results:
        _report_output(name, result, logs, verbose=verbose)


def report_batch(
    source: EventSource, batch: list[Record], started: float, result: Result, logs: Path, *, verbose: bool
) -> None:
    """Print the line of a batch of stream records and report the function that processed it."""
    line = format_request(
        "STREAM",
        f"{source.function} {count_records(batch)}",
        "ok " if find_first_failed(batch, result, by_item=source.by_item) is None else "err",
        milliseconds=(time.perf_counter() - started) * 1000,
        units=sum_capacity_units(result.lines),
        cold=result.cold,
    )
    say(line)
    _report_output(source.function, result, logs, verbose=verbose)


def report_mails(mails: Iterable[Mail]) -> None:
    """Print emails as plain text."""
    for mail in mails:
        say(f"MAIL    {mail.recipient}  {mail.subject}")
        for line in mail.text.splitlines():
            say(f"        {line}".rstrip())


def _report_output(name: str, result: Result, logs: Path, *, verbose: bool) -> None:
    with contextlib.suppress(OSError), (logs / f"{name}.log").open("a") as log:
        log.writelines(f"{line}\n" for line in result.lines)
    for line in select_readable(result.lines, verbose=verbose):
        say(f"    {line}")
    if result.error is not None and not any(line.startswith("Traceback") for line in result.lines):
        say(f"    {name}: {result.error['errorType']}: {result.error['errorMessage']}")
