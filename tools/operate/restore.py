"""`make restore TABLE=NAME TO=NEW`: restore a table to a point in time as a new table, and check the result.

The new table has the items and the indexes, but no stream, time to live, point-in-time recovery or deletion protection: DynamoDB does not
restore these, and copying back from the table does not need them.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
"""

import argparse
import sys
import time
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tools.operate.fsck import RATE, fsck, report
from tools.operate.target import Target, TargetError, add_arguments, find_target, open_target

POLL: Final = 15  # seconds
DAY: Final = 24 * 60 * 60  # a restore takes from minutes to hours


def main(arguments: list[str] | None = None) -> int:
    """Restore and check; return fsck's exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--to", required=True, help="the name of the new table")
    parser.add_argument(
        "--time", type=moment, help="for example 2026-11-21T09:30:00Z; default: the latest, about five minutes ago"
    )
    options = parser.parse_args(arguments)
    try:
        restored = restore(find_target(options), options.to, options.time)
        return report(fsck(restored, RATE))
    except (BotoCoreError, ClientError, TargetError) as error:
        print(f"restore: {error}", file=sys.stderr)
        return 2


def moment(text: str) -> datetime:
    """Return a time with its offset; raises ValueError if it has none."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError("a time needs an offset or Z")
    return parsed


def restore(target: Target, to: str, when: datetime | None) -> Target:
    """Make the new table and return it when it can be read."""
    point: dict[str, Any] = {"RestoreDateTime": when} if when else {"UseLatestRestorableTime": True}
    target.client.restore_table_to_point_in_time(SourceTableName=target.table.name, TargetTableName=to, **point)
    started = time.monotonic()
    waiting = {"Delay": POLL, "MaxAttempts": DAY // POLL}
    target.client.get_waiter("table_exists").wait(TableName=to, WaiterConfig=waiting)
    print(f"restore: {to} is ready after {time.monotonic() - started:.0f} s; checking it", file=sys.stderr)
    return open_target(to)


if __name__ == "__main__":
    sys.exit(main())
