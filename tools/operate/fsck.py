"""`python -m tools.operate.fsck --table NAME`: check every item of a table against the invariants, while it is in use.

Reads the table once, in one thread, within a rate. A scan is no snapshot, so what looks broken is read again, strongly and up to
three times with a second between; only what is broken each time is reported. Prints a line for each violation, with keys but no
personal data. Exit status 0 for none, 1 for some, 2 if the table could not be read.

Memory grows with the accounts alone, some 300 bytes each at the most, and with the tasks, tags and links of the largest of them.
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
        print(violation.rule, where(violation), violation.item, f"- {violation.fault}", flush=True)
    print(f"fsck: {found or 'no'} violation{'' if found == 1 else 's'}", file=sys.stderr)
    return 1 if found else 0


def fsck(target: Target, rate: float) -> Iterator[Violation]:
    """Yield what is broken and stays so."""
    suspects = violations(_scan(target, rate))
    for partition, those in itertools.groupby(suspects, attrgetter("partition")):
        yield from confirm(target, partition, those)


def confirm(target: Target, partition: str, suspects: Iterable[Violation] | None = None) -> list[Violation]:
    """Return what is broken in an account each time that it is read; where suspects are given, only of these."""
    broken = list(violations(_read_account(target, partition)) if suspects is None else suspects)
    for attempt in range(ATTEMPTS):
        if not broken:
            break
        time.sleep(PAUSE if attempt else 0)
        still = set(violations(_read_account(target, partition)))
        broken = [violation for violation in broken if violation in still]
    return broken


def where(violation: Violation) -> str:
    """Return a user's partition; of others only the kind, because claims and throttles can contain an email address."""
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
    """Yield the partition and, of the same account, the one that must agree with it."""
    items = list(target.query(partition))
    yield from items
    for item in items:
        if item["sk"] == keys.PROFILE and "email" in item:
            yield from target.query(keys.email(item["email"]))
        elif item["sk"] == keys.CREDENTIAL and "user_id" in item:
            yield from target.query(keys.user(item["user_id"]))


if __name__ == "__main__":
    sys.exit(main())
