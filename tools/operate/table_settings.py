"""`python -m tools.operate.table_settings --table NAME --stage prod`: give a table the settings of template.yaml that a restore leaves out.

Needed where a table was restored under its old name, because the old one is gone: the stack goes on with it.
"""

import argparse
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tools.local.options import ROOT
from tools.local.template import read_template
from tools.operate.target import Target, TargetError, add_arguments, find_target


def main(arguments: list[str] | None = None) -> int:
    """Set what differs; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--stage", required=True, choices=["dev", "staging", "prod"])
    options = parser.parse_args(arguments)
    (properties,) = read_template(ROOT / "template.yaml", {"Stage": options.stage}, {}).tables.values()
    try:
        apply(find_target(options), properties)
    except (BotoCoreError, ClientError, TargetError) as error:
        print(f"table_settings: {error}", file=sys.stderr)
        return 2
    return 0


def apply(target: Target, wanted: dict[str, Any]) -> None:
    """Set stream, protection, time to live and point-in-time recovery, each where it differs, one after the other."""
    client, name = target.client, {"TableName": target.table}
    table = client.describe_table(**name)["Table"]
    changes: dict[str, Any] = {}
    if not table.get("StreamSpecification", {}).get("StreamEnabled"):
        changes["StreamSpecification"] = {"StreamEnabled": True, **wanted["StreamSpecification"]}
    if table.get("DeletionProtectionEnabled", False) != wanted["DeletionProtectionEnabled"]:
        changes["DeletionProtectionEnabled"] = wanted["DeletionProtectionEnabled"]
    for one, value in changes.items():  # UpdateTable takes one at a time
        client.update_table(**name, **{one: value})
        client.get_waiter("table_exists").wait(**name, WaiterConfig={"Delay": 2, "MaxAttempts": 150})
        print(f"set {one}", flush=True)
    if client.describe_time_to_live(**name)["TimeToLiveDescription"]["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
        client.update_time_to_live(**name, TimeToLiveSpecification=wanted["TimeToLiveSpecification"])
        print("set TimeToLiveSpecification", flush=True)
    backups = client.describe_continuous_backups(**name)["ContinuousBackupsDescription"]
    if backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] != "ENABLED":
        client.update_continuous_backups(
            **name, PointInTimeRecoverySpecification=wanted["PointInTimeRecoverySpecification"]
        )
        print("set PointInTimeRecoverySpecification", flush=True)


if __name__ == "__main__":
    sys.exit(main())
