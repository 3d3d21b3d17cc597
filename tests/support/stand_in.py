"""A server with DynamoDB's API and the table of template.yaml in it, as the tests of tests/stand_ins use it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from lambdo.table.wire import dump
from lambdo.table.writes import Write

# `agrees(observed, on_aws)` holds the outcome of each case against AWS's, or against what disputes.py says of the server.
# `on_aws` may be one outcome for all cases.
type Agrees = Callable[[Mapping[str, object], object], None]

ACCEPTED = "accepted"
INVALID = "ValidationException"
REFUSED = "ConditionalCheckFailedException"
# For what dynalite does not offer at all.
with_transactions = pytest.mark.parametrize("stand_in", ["ministack", "moto"], indirect=True)


class StandIn(NamedTuple):
    """A server by its name, clients of it, and the table's name."""

    name: str
    client: Any
    streams: Any
    table: str

    def call(self, operation: str, **arguments: Any) -> Any:
        """Call an operation on the table and return the response."""
        return getattr(self.client, operation)(TableName=self.table, **arguments)

    def outcome(self, operation: str, **arguments: Any) -> str:
        """Call an operation on the table, and return `accepted` or the code of the error."""
        return outcome(self.client, operation, TableName=self.table, **arguments)

    def read(self, pk: str, sk: str) -> Any:
        """Return the item in wire form, or None."""
        return self.call("get_item", Key=dump({"pk": pk, "sk": sk}), ConsistentRead=True).get("Item")

    def transaction(self, *writes: Write) -> list[dict[str, Any]]:
        """Return the writes as TransactWriteItems takes them."""
        return [{write.kind: {"TableName": self.table, **write.arguments}} for write in writes]

    def transact(self, *writes: Write, **arguments: Any) -> str:
        """Carry out a transaction, and return `accepted`, the code of the error, or the codes of its reasons."""
        try:
            self.client.transact_write_items(TransactItems=self.transaction(*writes), **arguments)
        except ClientError as error:
            reasons = error.response.get("CancellationReasons", ())
            return ", ".join(one["Code"] for one in reasons) or str(error.response["Error"]["Code"])
        return ACCEPTED


type Start = Callable[[str, str], StandIn]  # `start("moto", "Table")`


def outcome(client: Any, operation: str, **arguments: Any) -> str:
    """Call an operation, and return `accepted` or the code of the error."""
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ACCEPTED
