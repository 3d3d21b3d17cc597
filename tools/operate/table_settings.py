"""`make table-settings TABLE=NAME STAGE=prod`: give a table the settings of template.yaml that a restore leaves out.

This is needed after a lost table was restored under its old name, so that the stack continues with it.
"""

import argparse
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tools.local.options import ROOT
from tools.local.template import read_template
from tools.operate.target import TargetError, add_arguments, find_target


def main(arguments: list[str] | None = None) -> int:
    """Set what differs; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--stage", required=True, choices=["dev", "staging", "prod"])
    options = parser.parse_args(arguments)
    (properties,) = read_template(ROOT / "template.yaml", {"Stage": options.stage}, {}).tables.values()
    try:
        apply(find_target(options).table, properties)
    except (BotoCoreError, ClientError, TargetError) as error:
        print(f"table_settings: {error}", file=sys.stderr)
        return 2
    return 0


def apply(table: Any, wanted: dict[str, Any]) -> None:  # noqa: ANN401 - boto3's resources have no types
    """Set stream, protection, time to live and point-in-time recovery, each where it differs, one after the other."""
    changes: dict[str, Any] = {}
    if not (table.stream_specification or {}).get("StreamEnabled"):
        changes["StreamSpecification"] = {"StreamEnabled": True, **wanted["StreamSpecification"]}
    if bool(table.deletion_protection_enabled) != wanted["DeletionProtectionEnabled"]:
        changes["DeletionProtectionEnabled"] = wanted["DeletionProtectionEnabled"]
    for one, value in changes.items():  # UpdateTable takes one at a time
        table.update(**{one: value})
        table.wait_until_exists(WaiterConfig={"Delay": 2, "MaxAttempts": 150})
        print(f"set {one}", flush=True)
    client, name = table.meta.client, {"TableName": table.name}
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
