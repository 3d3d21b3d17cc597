"""The table's stream - finish what a deletion started; the filters in template.yaml let nothing else through."""

from typing import Any

from lambdo.table import keys
from lambdo.tasks.deletions import OutOfTime, finish_account, finish_tag, sweep_account
from lambdo.web.stream import Change, stream

_SPARE_MS = 60_000  # the time that the last steps may take, with throttling and retries


@stream("deletion")
def handler(record: Change, context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own, untyped
    """Finish the deletion that the record is about, and log whether it is finished."""
    return {"finished": _finish(record, lambda: context.get_remaining_time_in_millis() < _SPARE_MS)}


def _finish(record: Change, out_of_time: OutOfTime) -> bool:
    change = record["dynamodb"]
    pk, sk = change["Keys"]["pk"]["S"], change["Keys"]["sk"]["S"]
    is_tag = sk.startswith(keys.TAGS)
    marked = "deleted_at" in change.get("NewImage", change.get("OldImage"))
    if not (marked and (is_tag or sk == keys.PROFILE)):  # a task in the trash also has a time of deletion
        raise ValueError("the event source's filters let through what is not being deleted")
    if is_tag:
        return finish_tag(keys.id_of(pk), keys.id_of(sk), out_of_time)
    if record["eventName"] == "REMOVE":  # the mark has expired: delete what a late access token may have written
        if not sweep_account(keys.id_of(pk), out_of_time):
            raise TimeoutError("not all of the account could be swept")
        return True
    return finish_account(keys.id_of(pk), out_of_time)
