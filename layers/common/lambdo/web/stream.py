"""The frame of every function on the table's stream: a batch of records -> a handler call for each -> the failures."""

from collections.abc import Callable
from typing import Any

from lambdo.base import events
from lambdo.base.logger import log_line, logger
from lambdo.base.metering import meter
from lambdo.web.process import begin_invocation, prepare_process

type Change = dict[str, Any]
type Failures = dict[str, list[dict[str, str]]]


def stream(
    name: str, *, logs_partition: bool = True
) -> Callable[[Callable[[Change, Any], dict[str, Any]]], Callable[[dict[str, Any], Any], Failures]]:
    """Make a Lambda handler for DynamoDB stream events of a function that takes a record and returns what to log.

    Lambda delivers the batch again, from the first failed record on:
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html

    Parameters
    ----------
    name
        The function's name for its log lines.
    logs_partition
        Whether the partition key may be logged; it may be an email address.
    """

    def decorate(handle: Callable[[Change, Any], dict[str, Any]]) -> Callable[[dict[str, Any], Any], Failures]:
        def handler(event: dict[str, Any], context: Any) -> Failures:  # noqa: ANN401 - Lambda's own, untyped
            failures = []
            for record in event["Records"]:
                begin_invocation(context)
                keys = {name: value["S"] for name, value in record["dynamodb"]["Keys"].items()}
                what = {"event_id": record["eventID"], "event_name": record["eventName"], **keys}
                if not logs_partition:
                    del what["pk"]
                try:
                    what |= handle(record, context)
                    happened = events.take()
                    log_line(name, {**what, "capacity_units": meter.units} | happened, happened)
                except Exception:
                    logger().exception("%s failed", name, **what)
                    failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
            return {"batchItemFailures": failures}

        prepare_process(uses_aws=True)
        return handler

    return decorate
