"""The table's stream as Lambda delivers it to finish_deletions: records of changes that template.yaml lets through."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from lambdo.table import keys
from tools.in_process.api import Context, Json, UnexpectedError, handler_of

PATIENCE = 100  # rounds; a limit against hanging, not a measurement


def record(item: Json, name: str = "MODIFY") -> Json:
    """Return the record of a change of an item in wire form."""
    change: Json = {"Keys": {"pk": item["pk"], "sk": item["sk"]}, "SequenceNumber": str(uuid.uuid4().int)}
    image = {"OldImage" if name == "REMOVE" else "NewImage": item}
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {**change, **image, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


def deliver(*records: Json, seconds: Iterator[float] | None = None) -> list[str]:
    """Invoke the function with a batch; return the sequence numbers of the failures that it reports."""
    context = Context(seconds=seconds) if seconds else Context()
    answer = handler_of("finish_deletions")({"Records": list(records)}, context)
    return failures_in(answer)


def failures_in(answer: Json) -> list[str]:
    """Return the sequence numbers of a stream function's partial batch response; raises UnexpectedError for any other."""
    failures = answer["batchItemFailures"] if answer.keys() == {"batchItemFailures"} else [answer]
    if any(failure.keys() != {"itemIdentifier"} for failure in failures):
        raise UnexpectedError(f"{answer} is no partial batch response")
    return [failure["itemIdentifier"] for failure in failures]


def marked(items: list[Json]) -> list[Json]:
    """Return the items, in wire form, that are marked as being deleted."""
    return [item for item in items if "deleted_at" in item and not item["sk"]["S"].startswith(keys.TRASH)]


def _outlives(item: Json) -> bool:
    """Tell whether an item stays when its account is deleted: the profile, and idempotency records without a result."""
    sk = item["sk"]["S"]
    return sk == "PROFILE" or (sk.startswith("IDEMPOTENCY#") and "result" not in item)


class Stream:
    """The deletions that are not finished: items in the table that are marked as being deleted."""

    def __init__(self, dump: Callable[[], list[dict[str, Any]]]) -> None:
        self._dump = dump

    def records(self) -> list[Json]:
        """Return a record for each item that is marked as being deleted and still has something to delete."""
        items = self._dump()
        more = {item["pk"]["S"] for item in items if not _outlives(item)}
        return [record(item) for item in marked(items) if item["pk"]["S"] in more]

    def drain(self) -> None:
        """Deliver records until nothing is left to delete."""
        for _ in range(PATIENCE):
            records = self.records()
            if not records:
                return
            if failed := deliver(*records):
                raise UnexpectedError(f"not delivered: {failed}")
        raise UnexpectedError(f"not finished in {PATIENCE} turns: {self.records()}")
