"""The cost of requests to the API in this process; capacity.py has the rules."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import botocore.session

from lambdo.base.metering import meter
from lambdo.table import aws
from tools.in_process.api import Answer, Caller, Json, UnexpectedError, expect
from tools.measure import partition
from tools.measure.capacity import INDEXES, Recorder, item_size

ITEM: Final = partition.BYTES
SESSION: Final = botocore.session.get_session()  # not that of `lambdo.table.aws`, whose calls are billed


class Cost(NamedTuple):
    """A number of calls, read units and write units."""

    calls: int
    read: float
    write: float


class Bill:
    """The costs of the requests within a with block."""

    def __init__(self) -> None:
        self.observer: Any = SESSION.create_client("dynamodb")
        self.recorder = Recorder(self.observer, INDEXES)

    def of(self, answer: Answer) -> Cost:
        """Return the cost of the request that got this response."""
        if answer.status >= 300:
            raise UnexpectedError(answer.text)
        if meter.calls != len(self.recorder.calls) - self.recorder.failures:
            raise UnexpectedError(f"The function has counted {meter.calls} calls of {self.recorder.calls}.")
        return Cost(len(self.recorder.calls), self.recorder.read, self.recorder.write)

    def call(self, user: Caller, method: str, path: str, body: Any = None, **options: Any) -> Cost:
        """Send a request and return its cost, after a comparison with the write units that the back end reports.

        For a transaction, the embedded back end counts each index once. AWS's pages do not say whether once or twice is
        right, so they count twice here.
        """
        self.recorder.reset()
        cost = self.of(user.call(method, path, body, **options))
        for charge in self.recorder.charges:
            if charge.write and charge.reported not in {None, charge.write}:
                once = charge.operation == "TransactWriteItems" and (charge.reported or 0) < charge.write
                if not once:
                    raise UnexpectedError(f"The back end counts otherwise: {charge}")
        return cost

    def item(self, task: Json) -> Any:
        """Return a task's item."""
        key = {"pk": {"S": f"USER#{task['user_id']}"}, "sk": {"S": f"TASK#{task['id']}"}}
        return self.observer.get_item(TableName=os.environ["TABLE_NAME"], Key=key, ConsistentRead=True)["Item"]

    def create_sized(self, user: Caller, **fields: Any) -> Json:
        """Create a task whose item has 610 bytes, as in the design."""
        probe = user.create_task(**{**fields, "title": "x", "description": "x"})
        missing = ITEM - item_size(self.item(probe))
        expect(user.call("DELETE", f"tasks/{probe['id']}"), 204)
        task = user.create_task(**{**fields, "title": "x", "description": "x" * (missing + 1)})
        if item_size(self.item(task)) != ITEM:
            raise UnexpectedError(f"{task} has {item_size(self.item(task))} bytes")
        return task


@contextlib.contextmanager
def billing() -> Iterator[Bill]:
    """Yield a bill for the calls of the functions' client."""
    aws.client.cache_clear()
    bill = Bill()
    with bill.recorder.listen(aws.client("dynamodb")):
        yield bill
    aws.client.cache_clear()


def load(user_id: str, count: int, *, tags: int = 0, size: int = ITEM) -> None:
    """Write tasks directly to the table."""
    items = partition.items(user_id, count, tags=tags, size=size)
    partition.load(SESSION.create_client("dynamodb"), os.environ["TABLE_NAME"], items)
