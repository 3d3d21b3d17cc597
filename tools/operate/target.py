"""Which table an operator's command works on: one of the AWS account, of another server, or that of `make dev`."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import botocore.session
from botocore.config import Config

from tools.local.options import ROOT
from tools.local.provision import use_endpoints

type WireItem = dict[str, Any]

CONFIG: Final = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 10})


class TargetError(Exception):
    """There is no such table; the message is the one line that the user reads."""


class Target(NamedTuple):
    """A table and a DynamoDB client that reaches it."""

    client: Any
    table: str

    def query(self, partition: str) -> Iterator[WireItem]:
        """Yield the items of a partition, read strongly, in the order of their sort keys."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what names the table."""
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
        table, endpoint = _local()
    if endpoint:
        use_endpoints(endpoint, endpoint)
    return Target(botocore.session.get_session().create_client("dynamodb", config=CONFIG), table)


def _local() -> tuple[str, str]:
    report = Path(ROOT / (os.environ.get("STATE") or ".local")) / "run.json"
    try:
        facts = json.loads(report.read_text())
    except FileNotFoundError:
        raise TargetError("no table is given and make dev is not running here; give one, as in TABLE=...") from None
    return facts["tables"][0], facts["dynamodb_endpoint"]
