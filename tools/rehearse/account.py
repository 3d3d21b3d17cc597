"""The account of the rehearsal: MiniStack with IAM enforced, its clients, and an inventory of what it holds."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any

import botocore.session
from botocore.exceptions import ClientError

from tools.local.application import REGION
from tools.local.backend import CREDENTIALS
from tools.rehearse.commands import StepError

Clients = Callable[[str], Any]

# MiniStack's FilterLogEvents returns the first 10,000 lines and no token for the others; a stream is one call of a function.
STREAMS_A_CALL = 100  # the most that AWS takes, too

SETTINGS = {"AUTH": "true"}  # all services, IAM enforced, nothing kept
# No response to any of these may name anything of a deleted stack.
LISTED = (
    ("apigatewayv2", "get_apis", "Items[].ApiId"),
    ("cloudformation", "describe_stacks", "Stacks[].StackName"),
    ("cloudwatch", "describe_alarms", "[MetricAlarms, CompositeAlarms][][].AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName"),
    ("dynamodb", "list_tables", "TableNames[]"),
    ("iam", "list_roles", "Roles[].RoleName"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings[].EventSourceArn"),
    ("lambda", "list_functions", "Functions[].FunctionName"),
    ("lambda", "list_layers", "Layers[].LayerName"),
    ("logs", "describe_log_groups", "logGroups[].logGroupName"),
    ("sns", "list_subscriptions", "Subscriptions[].SubscriptionArn"),
    ("sns", "list_topics", "Topics[].TopicArn"),
    ("sqs", "list_queues", "QueueUrls[]"),
    ("ssm", "describe_parameters", "Parameters[].Name"),
)


def forget_other_accounts() -> None:
    """Remove the terminal's own AWS settings: profile, keys, region, endpoints."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def build_environment(endpoint: str) -> dict[str, str]:
    """Return the variables of a command that must reach the account at this endpoint, and no other."""
    return {
        **os.environ,
        **CREDENTIALS,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "NO_PROXY": "127.0.0.1,localhost",
    }


def make_clients(endpoint: str, key: str = "local", secret: str = "local") -> Clients:  # noqa: S107 - MiniStack's root
    """Return a function that makes clients of the account's services, as its root or with a user's access key."""
    session = botocore.session.Session()
    session.set_credentials(key, secret)
    return partial(session.create_client, region_name=REGION, endpoint_url=endpoint)


def check_that_policies_bite(clients: Clients) -> None:
    """Make a request as a user without any policy; raises StepError if it is not refused."""
    iam = clients("iam")
    iam.create_user(UserName="stranger")
    key = iam.create_access_key(UserName="stranger")["AccessKey"]
    stranger = make_clients(iam.meta.endpoint_url, key["AccessKeyId"], key["SecretAccessKey"])
    try:
        stranger("dynamodb").list_tables()
    except ClientError as refused:
        if refused.response["Error"]["Code"] == "AccessDeniedException":
            return
        raise
    raise StepError("MiniStack let a user without any policy list the tables, so IAM is not enforced.")


def list_inventory(clients: Clients) -> set[str]:
    """Return the service and the name of every resource in the account."""
    return {
        f"{service} {name}"
        for service, operation, names in LISTED
        for name in clients(service).get_paginator(operation).paginate().search(names)
    }


def list_failed_resources(clients: Clients) -> list[str]:
    """Return a line for each resource that CloudFormation could not make, change or delete, with its reason."""
    cloudformation = clients("cloudformation")
    return [
        f"{event['ResourceStatus']} {event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for stack in cloudformation.get_paginator("describe_stacks").paginate().search("Stacks[].StackId")
        for event in cloudformation.get_paginator("describe_stack_events")
        .paginate(StackName=stack)
        .search("StackEvents[]")
        if event["ResourceStatus"].endswith("_FAILED")
    ]


def save_function_logs(clients: Clients, folder: Path) -> None:
    """Write each function's lines into a file of the folder: they end with MiniStack."""
    logs = clients("logs")
    for group in logs.get_paginator("describe_log_groups").paginate().search("logGroups[].logGroupName"):
        for function, streams in _streams_by_function(logs, group).items():
            lines = [
                f"{datetime.fromtimestamp(one['timestamp'] / 1000, UTC)} {one['message']}"
                for part in batched(streams, STREAMS_A_CALL, strict=False)
                for one in logs.filter_log_events(logGroupName=group, logStreamNames=part)["events"]
            ]
            if lines:
                (folder / f"{function}.log").write_text("\n".join(lines) + "\n")


def _streams_by_function(logs: Any, group: str) -> dict[str, list[str]]:  # noqa: ANN401 - botocore's own, untyped
    """Map each function to its streams of a log group: `YYYY/MM/DD/<function>[<version>]<id>`, or the group is its own."""
    found: dict[str, list[str]] = {}
    names = logs.get_paginator("describe_log_streams").paginate(logGroupName=group).search("logStreams[].logStreamName")
    for name in names:
        function = re.search(r"([\w-]+)\[", name)
        found.setdefault(function[1] if function else group.rpartition("/")[2], []).append(name)
    return found
