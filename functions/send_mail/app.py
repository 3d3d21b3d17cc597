"""The table's stream - send the emails that were requested; the filter in template.yaml lets nothing else through."""

from typing import Any

from lambdo.mails.service import send_requested
from lambdo.web.stream import Change, stream


@stream("mail", logs_partition=False)
def handler(record: Change, context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 - Lambda's own, untyped
    """Send the email that the record asks for."""
    keys = record["dynamodb"]["Keys"]
    send_requested(keys["pk"]["S"], keys["sk"]["S"])
    return {}
