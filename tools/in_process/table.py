"""The contents of the table, in DynamoDB's wire form."""

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
    """Reads the whole table, without botocore, because that takes ten times as long."""

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
    """Yield a reader of the table that this process uses."""
    pool = urllib3.PoolManager(headers={"x-amz-target": "DynamoDB_20120810.Scan"}, timeout=30)
    yield Dump(pool, os.environ["AWS_ENDPOINT_URL_DYNAMODB"], os.environ["TABLE_NAME"])
    pool.clear()


def empty_table(application: Application) -> None:
    """Delete the table and create it again."""
    aws.client("dynamodb").delete_table(TableName=os.environ["TABLE_NAME"])
    create_tables(application, os.environ["AWS_ENDPOINT_URL_DYNAMODB"])


def uncounted(items: Sequence[dict[str, Any]]) -> Items:
    """Return the items without the counters of throttles, which also count refused requests."""
    return [item for item in items if not item["pk"]["S"].startswith(keys.THROTTLES)]
