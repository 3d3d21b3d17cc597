"""What is in the table, as DynamoDB has it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import urllib3

from lambdo.table import aws, keys
from tools.local.application import Application
from tools.local.provision import create_tables

type Items = list[dict[str, Any]]


class Dump:
    """Reads the whole table; without botocore, which takes ten times as long."""

    def __init__(self, pool: urllib3.PoolManager, url: str, name: str) -> None:
        self._pool, self._url, self._name = pool, url, name

    def __call__(self) -> Items:
        """Return every item, sorted."""
        items: Items = []
        request: dict[str, Any] = {"TableName": self._name, "ConsistentRead": True}
        while True:
            page = self._pool.request("POST", self._url, json=request).json()
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


@contextmanager
def dumping() -> Iterator[Dump]:
    """Yield what reads the table that this process is pointed at."""
    pool = urllib3.PoolManager(headers={"x-amz-target": "DynamoDB_20120810.Scan"}, timeout=30)
    yield Dump(pool, os.environ["AWS_ENDPOINT_URL_DYNAMODB"], os.environ["TABLE_NAME"])
    pool.clear()


def empty_table(application: Application) -> None:
    """Make the table anew."""
    aws.client("dynamodb").delete_table(TableName=os.environ["TABLE_NAME"])
    create_tables(application, os.environ["AWS_ENDPOINT_URL_DYNAMODB"])


def uncounted(items: Sequence[dict[str, Any]]) -> Items:
    """Return the items but for the counters of throttles, which count what is refused as well."""
    return [item for item in items if not item["pk"]["S"].startswith(keys.THROTTLES)]
