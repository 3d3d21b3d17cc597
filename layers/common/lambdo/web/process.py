"""What every frame does in its process: once at init, and at the start of each invocation."""

from typing import Any

from lambdo.base import events
from lambdo.base.budget import ANSWER, budget
from lambdo.base.collection import start_collecting
from lambdo.base.logger import logger
from lambdo.base.metering import meter


def prepare_process(*, uses_aws: bool) -> None:
    """Create what every invocation needs, during init's burst of CPU, and exempt it from garbage collection."""
    logger()
    if uses_aws:
        from lambdo.table import aws  # noqa: PLC0415 - functions that do not call AWS start without botocore

        aws.client("dynamodb")
    start_collecting()


def begin_invocation(context: Any, *, reserved: float = ANSWER) -> None:  # noqa: ANN401 - Lambda's own, untyped
    """Start the time budget, and reset the capacity and the event of the previous invocation."""
    budget.start(context.get_remaining_time_in_millis, reserved=reserved)
    meter.reset()
    events.take()
