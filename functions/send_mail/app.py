"""The table's stream - send the emails that were requested; the filter in template.yaml lets nothing else through."""

from typing import Any

from aws_lambda_powertools.logging import Logger

from lambdo import events
from lambdo.budget import budget
from lambdo.metering import meter
from lambdo.services.mails import send_requested

logger = Logger(location=None, utc=True, use_rfc3339=True)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own, untyped
    """Send each record's email. After a failure, Lambda retries from the first record that failed.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    budget.start(context.get_remaining_time_in_millis)
    failures = []
    for record in event["Records"]:
        meter.reset()
        events.take()
        key = {name: value["S"] for name, value in record["dynamodb"]["Keys"].items()}
        what = {"event_id": record["eventID"], "sk": key["sk"]}  # the other half of the key may be an address
        try:
            send_requested(key["pk"], key["sk"])
            happened = events.take()
            log = logger.warning if happened.get("event") in events.SUSPICIOUS else logger.info
            log("mail", capacity_units=meter.units, **what, **happened)
        except Exception:
            logger.exception("mail failed", **what)
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}
