"""The ways in which a call can fail: what the network does to it, and the expected result."""

from collections.abc import Callable
from typing import Final, NamedTuple

from tools.in_process import network
from tools.in_process.network import APPLIED_CRASH, CRASH, LOST, UNDONE, UNREACHABLE, cancelled, error

WRITES: Final = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
BATCHES: Final = {"BatchGetItem", "BatchWriteItem"}
ATTEMPTS: Final = 3  # of the SDK
BATCH_ATTEMPTS: Final = 5
CONFLICT_ATTEMPTS: Final = 4  # ours, where the SDK does not retry

type Plan = Callable[[str], list[network.Fault]]


class Fault(NamedTuple):
    """A fault. Its plan depends on the operation, and is empty for operations that cannot meet the fault.

    Parameters
    ----------
    applied
        Whether the call takes effect in spite of the fault.
    passes
        Whether the call succeeds in the end, so that the client does not notice the fault.
    status, code
        Otherwise: the status and code of the problem that the client gets; no code after a crash.
    of_effect, of_key
        Whether only calls with an effect can meet it, and only those of requests with an Idempotency-Key.
    """

    name: str
    what: str
    plan: Plan
    applied: bool = False
    passes: bool = False
    status: int = 503
    code: str | None = "service_unavailable"
    of_effect: bool = False
    of_key: bool = False


def _always(*faults: network.Fault) -> Plan:
    return lambda _: [*faults]


def _throttled(attempts: int, own_attempts: int) -> Plan:
    """Return the plan of a throttled call; a transaction is cancelled, which the SDK does not retry."""
    return lambda operation: (
        [cancelled("None", "ThrottlingError")] * own_attempts
        if operation == "TransactWriteItems"
        else [error("ProvisionedThroughputExceededException")] * attempts
    )


def _conflict(attempts: int) -> Plan:
    return lambda operation: (
        [cancelled("TransactionConflict", "None")] * attempts
        if operation == "TransactWriteItems"
        else [error("TransactionConflictException")] * attempts
        if operation in WRITES
        else []
    )


def _sent_again(operation: str) -> list[network.Fault]:
    """Make the SDK send the call again, and then `lambdo.table.aws`, because another write is at the item."""
    conflict = _conflict(1)(operation)
    return [LOST, *conflict] if conflict else []


def _undone(attempts: int) -> Plan:
    return lambda operation: [UNDONE] * attempts if operation in BATCHES else []


def _in_flight(operation: str) -> list[network.Fault]:
    """Have another request write the record of the key, on each attempt."""
    return [cancelled("None", "TransactionConflict")] * CONFLICT_ATTEMPTS if operation == "TransactWriteItems" else []


def _full(operation: str) -> list[network.Fault]:
    """Have the user's items reach the size limit of one partition key."""
    if operation == "TransactWriteItems":
        return [cancelled("None", "ItemCollectionSizeLimitExceeded")]
    return [error("ItemCollectionSizeLimitExceededException")] if operation in WRITES else []


ERRORS: Final = (error("InternalServerError", 500), error("", 503), UNREACHABLE)
# Not a fault of the call: another request, which runs completely before it (`Request.rival`).
OVERTAKEN: Final = Fault(
    "overtaken", "another request to the same thing runs whole before the call", _always(), code=None
)
FAULTS: Final = (
    Fault("error once", "DynamoDB or SSM answers with an error", _always(ERRORS[0]), passes=True),
    Fault("throttled once", "the call, or the transaction, is throttled", _throttled(1, 1), passes=True),
    Fault("conflict once", "another write is at the item", _conflict(1), passes=True),
    Fault("undone once", "a batch is left undone", _undone(1), passes=True),
    Fault(
        "re-sent", "applied; the answer is lost, and the SDK sends it again", _always(LOST), applied=True, passes=True
    ),
    Fault("re-sent twice", "likewise, and once more for a conflict", _sent_again, applied=True, passes=True),
    Fault("error", "three attempts meet 500, 503 and no connection", _always(*ERRORS)),
    Fault("throttled", "all attempts are throttled", _throttled(ATTEMPTS, CONFLICT_ATTEMPTS)),
    Fault("conflict", "four attempts find another write at the item", _conflict(CONFLICT_ATTEMPTS)),
    Fault("undone", "the batch is left undone five times", _undone(BATCH_ATTEMPTS)),
    Fault(
        "key in flight",
        "four attempts find another write at the key's record",
        _in_flight,
        status=409,
        code="idempotency_key_in_use",
        of_effect=True,
        of_key=True,
    ),
    Fault(
        "full", "the user's items fill what one key may hold", _full, status=409, code="storage_full", of_effect=True
    ),
    Fault("answers lost", "applied; the answers to three attempts are lost", _always(*[LOST] * ATTEMPTS), applied=True),
    Fault("crash before", "the process ends before the call", _always(CRASH), code=None),
    Fault("crash after", "applied, and the process ends", _always(APPLIED_CRASH), applied=True, code=None),
)
