"""The table as it was created from template.yaml: its settings, its time to live, and what a server does not offer."""

from typing import Any

from lambdo.table import writes
from tests.support.stand_in import ACCEPTED, INVALID, Agrees, StandIn, outcome

TTL = {"AttributeName": "expires_at", "Enabled": True}


def test_table_is_that_of_the_template(stand_in: StandIn, agrees: Agrees) -> None:
    table = stand_in.call("describe_table")["Table"]
    assert (table["TableStatus"], table["BillingModeSummary"]["BillingMode"]) == ("ACTIVE", "PAY_PER_REQUEST")
    assert [one["AttributeName"] for one in table["KeySchema"]] == ["pk", "sk"]
    assert {
        index["IndexName"]: [index["KeySchema"][1]["AttributeName"], index["Projection"]["ProjectionType"]]
        for index in table["LocalSecondaryIndexes"]
    } == {f"lsi{number}": [f"lsi{number}sk", "ALL"] for number in range(1, 6)}
    stream = table.get("StreamSpecification", {}).get("StreamViewType")
    agrees({"stream": stream if "LatestStreamArn" in table else "none"}, "NEW_AND_OLD_IMAGES")


def test_time_to_live_is_enabled_once(stand_in: StandIn, agrees: Agrees) -> None:
    description = stand_in.call("describe_time_to_live")["TimeToLiveDescription"]
    assert description.get("AttributeName") == (None if stand_in.name == "dynalite" else "expires_at")
    seen = {
        "status": description["TimeToLiveStatus"],
        "enabled again": stand_in.outcome("update_time_to_live", TimeToLiveSpecification=TTL),
    }
    agrees(seen, {"status": "ENABLED", "enabled again": INVALID})


def test_table_is_not_created_twice(stand_in: StandIn) -> None:
    table = stand_in.call("describe_table")["Table"]
    keys = {"KeySchema": table["KeySchema"], "AttributeDefinitions": table["AttributeDefinitions"][:2]}
    assert stand_in.outcome("create_table", BillingMode="PAY_PER_REQUEST", **keys) == "ResourceInUseException"


def test_table_that_does_not_exist_is_refused(stand_in: StandIn, agrees: Agrees) -> None:
    key = {"pk": {"S": "x"}, "sk": {"S": "A"}}
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "x"}}}
    operations: dict[str, dict[str, Any]] = {
        "get_item": {"Key": key},
        "put_item": {"Item": key},
        "query": query,
        "scan": {},
        "describe_table": {},
        "describe_time_to_live": {},
        "delete_table": {},
    }
    agrees(
        {name: outcome(stand_in.client, name, TableName="Nobody", **more) for name, more in operations.items()},
        "ResourceNotFoundException",
    )


def test_operations_are_offered(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    put = stand_in.transaction(writes.put({"pk": pk, "sk": "A"}))
    agrees(
        {
            "transact_write_items": outcome(stand_in.client, "transact_write_items", TransactItems=put),
            "list_streams": outcome(stand_in.streams, "list_streams"),
        },
        ACCEPTED,
    )
