"""Histories that chance seldom makes: items and requests that are wrong in a way that MiniStack does not refuse at once."""

from typing import Any

from tests.support.ministack_histories import Step

INDEXES = [("lsi-s", "s", "S"), ("lsi-n", "n", "N"), ("lsi-b", "b", "B")]


def create(name: str, kind: str) -> Step:
    """Return the creation of a table whose keys have this type, with an index of each type."""
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    types = {"pk": kind, "sk": kind} | {attribute: its_kind for _, attribute, its_kind in INDEXES}
    request = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys,
        "AttributeDefinitions": [{"AttributeName": one, "AttributeType": its_kind} for one, its_kind in types.items()],
        "LocalSecondaryIndexes": [
            {
                "IndexName": index,
                "KeySchema": [keys[0], {"AttributeName": attribute, "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, attribute, _ in INDEXES
        ],
    }
    return "CreateTable", request


def put(sk: str, kind: str = "S", **attributes: Any) -> Step:
    return "PutItem", {"TableName": "corners", "Item": {"pk": {kind: "1"}, "sk": {kind: sk}, **attributes}}


def update(sk: Any, name: str, value: Any, kind: str = "S", *, in_transaction: bool = False) -> Step:
    """Return an update; in a transaction, MiniStack does not look at the values."""
    request = {
        "TableName": "corners",
        "Key": {"pk": {kind: "1"}, "sk": {kind: sk}},
        "UpdateExpression": f"SET {name} = :new",
    }
    request["ExpressionAttributeValues"] = {":new": value}
    return (
        ("TransactWriteItems", {"TransactItems": [{"Update": request}]}) if in_transaction else ("UpdateItem", request)
    )


def query(index: str | None = None, condition: str = "", kind: str = "S", **values: Any) -> Step:
    request: dict[str, Any] = {"TableName": "corners", "KeyConditionExpression": f"pk = :pk{condition}", "Limit": 2}
    request["ExpressionAttributeValues"] = {":pk": {kind: "1"}, **{f":{name}": value for name, value in values.items()}}
    return "Query", request | ({"IndexName": index} if index else {})


def read_all(kind: str = "S") -> list[Step]:
    """Return reads of everything, page by page, in both directions."""
    steps: list[Step] = []
    for index in (None, *(name for name, *_ in INDEXES)):
        operation, request = query(index, kind=kind)
        backward = {**request, "ScanIndexForward": False}
        steps += [(operation, request), ("more", {}), ("more", {}), (operation, backward), ("more", {}), ("more", {})]
    return [*steps, ("Scan", {"TableName": "corners", "Limit": 2}), ("more", {}), ("more", {})]


TEXTS = [
    create("corners", "S"),
    put("a", s={"S": "x"}, n={"N": "1"}, b={"B": "AA=="}),
    put("b", s={"S": "y"}, n={"N": "2"}, b={"B": "AQ=="}),
    put("c"),
]
NUMBERS = [
    create("corners", "N"),
    *(put(sk, "N", s={"S": "x"}) for sk in ("1", "2", "0")),
]
DELETE = "DeleteItem", {"TableName": "corners", "Key": {"pk": {"S": "1"}, "sk": {"S": "a"}}}
STARTS: list[Any] = ["a", ["pk", "sk"], {"pk": {"S": "1"}}, {"pk": 1, "sk": 2}, {"pk": {}, "sk": {}}]
STARTS += [{"pk": {"S": 1}, "sk": {"S": "a"}}, {"pk": {"S": "1"}, "sk": {"S": 1}}]


def write_and_read(*writes: Step, kind: str = "S") -> list[Step]:
    """Return reads of everything before, between and after the writes."""
    return [*read_all(kind), *(step for write in writes for step in (write, *read_all(kind)))]


CORNERS: dict[str, list[Step]] = {
    "an item that moves and goes": [
        *TEXTS,
        *write_and_read(update("a", "s", {"S": "z"}), put("a", s={"S": "w"}), DELETE, put("0")),
    ],
    "one number written in two ways is two items with one key": [
        *NUMBERS,
        *write_and_read(*(update(sk, "s", {"S": "x"}, "N") for sk in ("1.0", "0.0", "0.00")), kind="N"),
    ],
    "text that is a number": [*TEXTS, *write_and_read(update(5, "title", {"S": "x"}, in_transaction=True))],
    "a binary that cannot be decoded": [
        *TEXTS,
        *write_and_read(update("c", "b", {"B": "A"}, in_transaction=True)),
        query("lsi-b", " AND b > :b", b={"B": "A"}),
        query("lsi-b", " AND begins_with(b, :b)", b={"B": "A"}),
        query("lsi-b", " AND begins_with(b, :b)", b={"B": "QQ=="}),
    ],
    "a value of another type in an index": [
        *TEXTS,
        *write_and_read(
            update("c", "s", {"N": "1"}, in_transaction=True),
            update("c", "n", {"S": "1", "N": "1"}, in_transaction=True),
        ),
    ],
    "starts that are no keys": [
        *TEXTS,
        *(("Scan", {"TableName": "corners", "ExclusiveStartKey": start}) for start in STARTS),
        *(("Query", {**query()[1], "ExclusiveStartKey": start}) for start in STARTS),
    ],
    "conditions of which MiniStack reads the first part alone": [
        *TEXTS,
        query(None, " :pk ; AND sk > :sk", sk={"S": "b"}),
        query(None, " AND sk > :sk :pk ;", sk={"S": "b"}),
        query(None, " AND sk > :sk OR sk < :sk", sk={"S": "b"}),
        query(None, " AND NOT sk = :sk", sk={"S": "b"}),
    ],
    "operands that are none": [
        *TEXTS,
        *(
            query(None, " AND sk > :sk", sk=one)
            for one in ({"S": 5}, {"S": ["b"]}, {"N": "1"}, {"S": "b", "N": "1"}, "b", 1)
        ),
    ],
    "a wrong condition, with nothing to read": [
        *TEXTS,
        query(None, " AND sk :sk", sk={"S": "z"}),
        query(None, " AND sk > :sk AND pk", sk={"S": "z"}),
    ],
}
