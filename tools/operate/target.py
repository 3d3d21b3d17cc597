"""Which table an operator's command works on: one of the AWS account, of another server, or that of `make dev`.

Items are read with boto3's low-level client and `lambdo.table.wire`, so that they are what the functions see: a number is an int, where
boto3's resource has a Decimal. The resource does all else; it takes such items as they are.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import boto3
from botocore.config import Config

from lambdo.table.wire import Item, load
from tools.local.options import ROOT
from tools.local.provision import use_endpoints

CONFIG: Final = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 10})


class TargetError(Exception):
    """There is no such table; the message is the one line that the operator reads."""


class Target(NamedTuple):
    """A table: boto3's resource, and a low-level client that reaches it."""

    table: Any
    client: Any

    def query(self, partition: str) -> Iterator[Item]:
        """Yield the items of a partition, read strongly, in the order of their sort keys."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ConsistentRead=True,
        )
        return map(load, pages.search("Items"))


def open_target(name: str, **connection: Any) -> Target:
    """Return the table of this name, whether it exists or not; `connection` are more arguments of boto3's."""
    return Target(
        boto3.resource("dynamodb", config=CONFIG, **connection).Table(name),
        boto3.client("dynamodb", config=CONFIG, **connection),
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name the table."""
    parser.add_argument("--table", help="default: the table of the running `make dev`")
    parser.add_argument("--endpoint", help="a DynamoDB-compatible server; default: the AWS account's DynamoDB")


def find_target(options: argparse.Namespace) -> Target:
    """Return the table that the arguments name.

    Raises
    ------
    TargetError
        If none is named and no `make dev` is running in this folder.
    """
    table, endpoint = options.table, options.endpoint
    if not table:
        table, endpoint = _find_local()
    if endpoint:
        use_endpoints(endpoint, endpoint)
    return open_target(table)


def _find_local() -> tuple[str, str]:
    report = Path(ROOT / (os.environ.get("STATE") or ".local")) / "run.json"
    try:
        facts = json.loads(report.read_text())
    except FileNotFoundError:
        raise TargetError("no table is given and make dev is not running here; give one, as in TABLE=...") from None
    return facts["tables"][0], facts["dynamodb_endpoint"]
