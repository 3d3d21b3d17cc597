"""What Lambda does with a batch of stream records: invoke, go on after a partial failure, split, retry, give up.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html and services-dynamodb-errors.html
"""

import json
from collections.abc import Callable
from typing import Any

from tools.local.application import EventSource
from tools.local.console import say
from tools.local.pool import Result

LONGEST_PAUSE = 30.0

Record = dict[str, Any]
Invoke = Callable[[list[Record]], Result]
Pause = Callable[[float], bool]  # waits some seconds, and returns whether to stop


def deliver(records: list[Record], source: EventSource, invoke: Invoke, pause: Pause) -> None:
    """Invoke the function with all records in order, batch by batch; return early, with the rest undelivered, to stop.

    Every retry of a batch waits longer than the one before. A split is not a retry.
    """
    waiting = [(records[at : at + source.batch], 0) for at in range(0, len(records), source.batch)]
    while waiting:
        batch, failures = waiting.pop(0)
        first = find_first_failed(batch, invoke(batch), by_item=source.by_item)
        if first is None:
            continue
        batch, failures = batch[first:], 0 if first else failures
        if source.bisect and not first and len(batch) > 1:
            middle = len(batch) // 2
            waiting[:0] = [(batch[:middle], failures), (batch[middle:], failures)]
        elif 0 <= source.retries <= failures:
            say(
                f"STREAM  {source.function} failed {failures + 1} times and is not retried. AWS would send "
                f"{count_records(batch)} to the dead-letter queue; here, the next start of make dev retries."
            )
        else:
            waiting.insert(0, (batch, failures + 1))
            if pause(min(0.5 * 2**failures, LONGEST_PAUSE)):
                return


def find_first_failed(batch: list[Record], result: Result, *, by_item: bool) -> int | None:
    """Return the place in the batch of the first failure, or None if the function processed everything.

    Without ReportBatchItemFailures (`by_item`) only an error is a failure, and always one of the whole batch. With it,
    an empty or absent list is a success, and an unknown identifier fails the whole batch.
    """
    if result.payload is None:
        return 0
    answer = json.loads(result.payload)
    failures = answer.get("batchItemFailures") if by_item and isinstance(answer, dict) else None
    if not failures:
        return None
    try:
        named = {one["itemIdentifier"] for one in failures}
    except (TypeError, KeyError):
        return 0
    places = [at for at, record in enumerate(batch) if record["dynamodb"]["SequenceNumber"] in named]
    return places[0] if len(places) == len(named) else 0


def count_records(batch: list[Record]) -> str:
    """Return the number of records in words."""
    return "1 record" if len(batch) == 1 else f"{len(batch)} records"
