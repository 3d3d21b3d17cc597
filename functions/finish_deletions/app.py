"""The table's stream - finish what a deletion started; the filters in template.yaml let nothing else through."""

from typing import Any

from aws_lambda_powertools.logging import Logger

from lambdo.budget import budget
from lambdo.metering import meter
from lambdo.services.deletions import OutOfTime, finish_account, finish_tag, sweep_account
from lambdo.store import keys

logger = Logger(location=None, utc=True, use_rfc3339=True)

_SPARE_MS = 60_000  # what the last steps may take, throttled and repeated


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own, untyped
    """Finish each record's deletion. After a failure, Lambda retries from the first record that failed.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    budget.start(context.get_remaining_time_in_millis)
    failures = []
    for record in event["Records"]:
        meter.reset()
        keys_of_record = {name: value["S"] for name, value in record["dynamodb"]["Keys"].items()}
        what = {"event_id": record["eventID"], "event_name": record["eventName"], **keys_of_record}
        try:
            finished = _finish(record, lambda: context.get_remaining_time_in_millis() < _SPARE_MS)
            logger.info("deletion", finished=finished, capacity_units=meter.units, **what)
        except Exception:
            logger.exception("deletion failed", **what)
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}


def _finish(record: dict[str, Any], out_of_time: OutOfTime) -> bool:
    change = record["dynamodb"]
    pk, sk = change["Keys"]["pk"]["S"], change["Keys"]["sk"]["S"]
    is_tag = sk.startswith(keys.TAGS)
    marked = "deleted_at" in change.get("NewImage", change.get("OldImage"))
    if not (marked and (is_tag or sk == keys.PROFILE)):  # a task in the trash has a time of deletion as well
        raise ValueError("the event source's filters let through what is not being deleted")
    if is_tag:
        return finish_tag(keys.id_of(pk), keys.id_of(sk), out_of_time)
    if record["eventName"] == "REMOVE":  # the mark is gone: sweep what a late access token may have written
        if not sweep_account(keys.id_of(pk), out_of_time):
            raise TimeoutError("not all of the account could be swept")
        return True
    return finish_account(keys.id_of(pk), out_of_time)
