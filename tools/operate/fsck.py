"""`python -m tools.operate.fsck --table NAME`: check every item of a table against the invariants, while it is in use.

Reads the table once, in one thread, within a rate. A scan is no snapshot, so what looks broken is read again, strongly and up to
three times with a second between; only what is broken each time is reported. Prints a line for each violation, with keys but no
personal data. Exit status 0 for none, 1 for some, 2 if the table could not be read.

Memory grows with the accounts alone, some 300 bytes each at the most, and with the tags and links of the largest of them.
"""

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdo.store import keys
from lambdo.store.wire import Item, load
from tools.operate.invariants import Violation, violations
from tools.operate.target import Target, TargetError, add_arguments, find_target

ATTEMPTS: Final = 3
PAUSE: Final = 1.0  # seconds
RATE: Final = 500  # RRU a second; a partition of the table has 3,000


def main(arguments: list[str] | None = None) -> int:
    """Check a table; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--rate", type=float, default=RATE, help="read units a second (default: %(default)s)")
    options = parser.parse_args(arguments)
    found = 0
    try:
        for violation in fsck(find_target(options), options.rate):
            found += 1
            print(violation.rule, where(violation), violation.item, f"- {violation.fault}", flush=True)
    except (BotoCoreError, ClientError, TargetError) as error:
        print(f"fsck: {error}", file=sys.stderr)
        return 2
    print(f"fsck: {found or 'no'} violation{'' if found == 1 else 's'}", file=sys.stderr)
    return 1 if found else 0


def fsck(target: Target, rate: float) -> Iterator[Violation]:
    """Yield what is broken and stays so."""
    suspects = violations(_scan(target, rate))
    for partition, those in itertools.groupby(suspects, attrgetter("partition")):
        broken = list(those)
        for attempt in range(ATTEMPTS):
            time.sleep(PAUSE if attempt else 0)
            still = set(violations(_account(target, partition)))
            broken = [violation for violation in broken if violation in still]
            if not broken:
                break
        yield from broken


def where(violation: Violation) -> str:
    """Return the partition; of a claim not, as it is an e-mail address."""
    claim = keys.email("")
    return claim + "..." if violation.partition.startswith(claim) else violation.partition


def _scan(target: Target, rate: float) -> Iterator[Item]:
    start: dict[str, Any] = {}
    while True:
        began = time.monotonic()
        page = target.client.scan(TableName=target.table, ReturnConsumedCapacity="TOTAL", **start)
        yield from map(load, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        time.sleep(max(0, page["ConsumedCapacity"]["CapacityUnits"] / rate - (time.monotonic() - began)))


def _account(target: Target, partition: str) -> Iterator[Item]:
    """Yield the partition and, of the same account, the one that must agree with it."""
    items = list(_query(target, partition))
    yield from items
    for item in items:
        if item["sk"] == keys.PROFILE and "email" in item:
            yield from _query(target, keys.email(item["email"]))
        elif item["sk"] == keys.CREDENTIAL and "user_id" in item:
            yield from _query(target, keys.user(item["user_id"]))


def _query(target: Target, partition: str) -> Iterator[Item]:
    pages = target.client.get_paginator("query").paginate(
        TableName=target.table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": partition}},
        ConsistentRead=True,
    )
    for page in pages:
        yield from map(load, page["Items"])


if __name__ == "__main__":
    sys.exit(main())
