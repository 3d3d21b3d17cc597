"""The event of the current request, named by fixed words that the log, the metrics and the alarms share.

`@endpoint` adds it to the request's log line: an audit record, and a metric in CloudWatch's embedded metric format
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
A Lambda environment serves one request at a time, so one module-level record is enough.
"""

import time
from typing import Any, Final, Literal

from lambdo.base.settings import settings

type Event = Literal[
    "access_denied",
    "account_deleted",
    "account_registered",
    "email_verified",
    "log_in_failed",
    "logged_in",
    "logged_out",
    "mail_refused",
    "mail_sent",
    "password_changed",
    "password_reset",
    "password_reset_requested",
    "session_ended",
    "sessions_ended",
    "task_completed",
    "task_created",
    "task_deleted",
    "task_restored",
    "tasks_changed",
    "throttled",
    "token_reused",
    "trash_emptied",
    "verification_requested",
    "wrong_password",
]

# Logged at WARNING, so that they are logged at any LogLevel that a stage can have.
SUSPICIOUS: Final[frozenset[Event]] = frozenset(
    {"access_denied", "log_in_failed", "mail_refused", "throttled", "token_reused", "wrong_password"}
)
# The gateway already counts refused requests, and a long route leaves no room for the metric in the line.
_NOT_COUNTED: Final[frozenset[Event]] = frozenset({"access_denied"})

_record: dict[str, Any] = {}


def record(event: Event, *, user_id: str | None = None, count: int = 1) -> None:
    """Record what the current request did or tried; a later event replaces an earlier one.

    Parameters
    ----------
    user_id
        The id of the account's user, if no token identifies the caller.
    count
        The number of items that the event is about.
    """
    _record.update(event=event, events=count, user_id=user_id)


def take() -> dict[str, Any]:
    """Return the fields that the event adds to the request's log line, and forget it; empty if nothing was recorded."""
    fields = {name: value for name, value in _record.items() if value is not None}
    _record.clear()
    if not fields or fields["event"] in _NOT_COUNTED:
        return fields
    metric = {
        "Namespace": settings.powertools_service_name,
        "Dimensions": [["event"]],
        "Metrics": [{"Name": "events"}],
    }
    return fields | {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}}
