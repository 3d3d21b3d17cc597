"""`make fsck TABLE=NAME`: check every item of a table against the invariants, while it is in use.

The command reads the table once, in one thread, at a limited rate. A scan is not a snapshot, so items that look broken are read again,
strongly, up to three times, a second apart; only what is broken every time is reported. It prints a line for each violation, with keys but
without personal data. The exit status is 0 for no violation, 1 for some, 2 if the table could not be read.

Memory grows only with the number of accounts, by at most some 300 bytes each, and with the tasks, tags and links of the largest account.
"""

import argparse
import itertools
import sys
import time
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdo.table import keys
from lambdo.table.wire import Item, load
from tools.operate.invariants import Violation, find_violations
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
    try:
        return report(fsck(find_target(options), options.rate))
    except (BotoCoreError, ClientError, TargetError) as error:
        print(f"fsck: {error}", file=sys.stderr)
        return 2


def report(violations_found: Iterable[Violation]) -> int:
    """Print a line for each violation; return the exit status."""
    found = 0
    for violation in violations_found:
        found += 1
        print(violation.rule, mask_partition(violation), violation.item, f"- {violation.fault}", flush=True)
    print(f"fsck: {found or 'no'} violation{'' if found == 1 else 's'}", file=sys.stderr)
    return 1 if found else 0


def fsck(target: Target, rate: float) -> Iterator[Violation]:
    """Yield the violations that are still there when the account is read again."""
    suspects = find_violations(_scan(target, rate))
    for partition, those in itertools.groupby(suspects, attrgetter("partition")):
        yield from confirm(target, partition, those)


def confirm(target: Target, partition: str, suspects: Iterable[Violation] | None = None) -> list[Violation]:
    """Return the violations that an account shows every time it is read; if suspects are given, only those among them."""
    broken = list(find_violations(_read_account(target, partition)) if suspects is None else suspects)
    for attempt in range(ATTEMPTS):
        if not broken:
            break
        time.sleep(PAUSE if attempt else 0)
        still = set(find_violations(_read_account(target, partition)))
        broken = [violation for violation in broken if violation in still]
    return broken


def mask_partition(violation: Violation) -> str:
    """Return a user's partition key, or only the kind of any other: a claim's key is an email address, and a throttle's may be one."""
    kind, mark, _ = violation.partition.partition("#")
    return violation.partition if violation.partition.startswith(keys.user("")) else f"{kind[:8]}{mark}..."


def _scan(target: Target, rate: float) -> Iterator[Item]:
    pages = target.client.get_paginator("scan").paginate(TableName=target.table.name, ReturnConsumedCapacity="TOTAL")
    began = time.monotonic()
    for page in pages:
        yield from map(load, page["Items"])
        if "LastEvaluatedKey" in page:
            time.sleep(max(0, page["ConsumedCapacity"]["CapacityUnits"] / rate - (time.monotonic() - began)))
            began = time.monotonic()


def _read_account(target: Target, partition: str) -> Iterator[Item]:
    """Yield the items of the partition and of the other partition of the same account, which must agree with it."""
    items = list(target.query(partition))
    yield from items
    for item in items:
        if item["sk"] == keys.PROFILE and "email" in item:
            yield from target.query(keys.email(item["email"]))
        elif item["sk"] == keys.CREDENTIAL and "user_id" in item:
            yield from target.query(keys.user(item["user_id"]))


if __name__ == "__main__":
    sys.exit(main())
