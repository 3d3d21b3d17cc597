"""The table's stream - send the emails that are asked for; template.yaml's filter lets nothing else through."""

from typing import Any

from lambdo.mails.service import send_requested
from lambdo.web.stream import Change, stream


@stream("mail", logs_partition=False)
def handler(record: Change, context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 - Lambda's own, untyped
    """Send the email that the record asks for."""
    keys = record["dynamodb"]["Keys"]
    send_requested(keys["pk"]["S"], keys["sk"]["S"])
    return {}
