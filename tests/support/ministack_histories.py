"""Random histories of requests to a DynamoDB, each from a seed: keys of every type, writes of every kind, reads right and wrong."""

import base64
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

type Item = dict[str, Any]
type Step = tuple[str, dict[str, Any]]  # operation and request; one in lower case is something else that happens

LENGTH = 40
HOME, AWAY = "us-east-1", "eu-west-1"
SPREAD = {"S": "a#{:02}".format, "N": "{}".format, "B": lambda number: base64.b64encode(bytes([number])).decode()}
BYTES = [b"\0", b"\0\1", b"\1", b"\x7f", b"\xff", b"\xff\xff"]
VALUES = {
    "S": ["a", "a#", "a#1", "a#2", "b", "B", "é", "z\uffff", "\U0001d11e", "~"],
    "N": ["0", "1", "1.0", "-1", "2", "10", "1E2", "-0.5", "0.50", "12345678901234567890"],
    "B": [*(base64.b64encode(one).decode() for one in BYTES), "AB=="],
}
VALUES = {kind: [*values, *map(SPREAD[kind], range(20))] for kind, values in VALUES.items()}
STRANGE: list[Any] = [{"NULL": True}, {"S": ""}, {"N": "x"}, {"S": 5}, {"B": "A"}, {"L": []}, {}, "a", None, {"M": {}}]
PROJECTIONS: list[Item] = [
    {"ProjectionType": "ALL"},
    {"ProjectionType": "KEYS_ONLY"},
    {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]},
]


class Index(NamedTuple):
    """The attributes of its partition key and of its sort key."""

    hashes: list[str]
    ranges: list[str]


class Part(NamedTuple):
    """A part of an expression, and the values and names that it refers to."""

    text: str
    values: Item
    names: dict[str, str]


TABLES: dict[str, tuple[str, dict[str, Index]]] = {  # the types of its keys, and its indexes
    "texts": (
        "SS",
        {f"lsi-{name}": Index(["pk"], [name]) for name in "snb"}
        | {"gsi-n": Index(["s"], ["n"]), "gsi-hash": Index(["s"], []), "gsi-many": Index(["s", "n"], ["b", "sk"])},
    ),
    "numbers": ("NN", {"lsi-s": Index(["pk"], ["s"]), "gsi-n": Index(["sk"], ["pk"])}),
    "binaries": ("BB", {"lsi-b": Index(["pk"], ["b"]), "gsi-n": Index(["b"], ["sk"])}),
    "singles": ("S", {"gsi-n": Index(["s"], ["n"])}),
}


def make_history(seed: int) -> list[Step]:
    """Return a table's creation and what follows it."""
    return list(_History(seed).steps())


class _History:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.table = self.random.choice(list(TABLES))
        types, self.indexes = TABLES[self.table]
        self.keys = ["pk", "sk"][: len(types)]
        self.types = {"s": "S", "n": "N", "b": "B", **dict(zip(self.keys, types, strict=True))}
        self.few = self.random.choice([3, 8, 30])  # values of each type: the fewer, the more often they meet
        self.strange = self.random.choice([0, 0.01, 0.1])  # the share of values that are none
        self.wrong = self.random.choice([0.02, 0.2])  # the share of expressions that are none, or unusual

    def steps(self) -> Iterator[Step]:
        yield self.create()
        writes = [self.put] * 6 + [self.update] * 3 + [self.delete, self.batch, self.transact, self.by_statement]
        reads = [self.query] * 6 + [self.more] * 3 + [self.scan, self.get]
        for _ in range(self.random.randint(3, 2 * LENGTH)):
            yield self.random.choice(writes)()
        for _ in range(LENGTH):
            (choices,) = self.random.choices([reads, writes, [self.rare]], [8, 3, 0.3])
            yield self.random.choice(choices)()

    # What steps are made of

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def value(self, name: str) -> Any:
        if self.chance(self.strange):
            return self.random.choice(STRANGE)
        kind = self.types.get(name, "S")
        return {kind: self.random.choice(VALUES[kind][: 2 if name == "pk" and "sk" in self.keys else self.few])}

    def key(self) -> Item:
        return {name: self.value(name) for name in self.keys}

    def item(self) -> Item:
        item = self.key() | {name: self.value(name) for name in "snb" if self.chance(0.7)}
        if self.chance(0.5):
            large = "x" * (300_000 if self.chance(0.1) else 1)
            item["title"] = {"S": self.random.choice(["milk", "bread and milk", "", large])}
        if self.chance(0.2):
            item["gone_at"] = {"N": self.random.choice(["1", "99999999999"])}
        return item

    def part(self, name: str) -> Part:
        """Return a condition on the attribute."""
        number = self.random.randrange(1000)
        shown, low, high = f"#a{number}" if self.chance(0.3) else name, f":l{number}", f":h{number}"
        forms = ["{n} = {l}"] * 4 + [
            "{n} < {l}",
            "{n} <= {l}",
            "{n} > {l}",
            "{n}>={l}",
            "{l} < {n}",
            "{l} = {n}",
            "({n} > {l})",
        ]
        forms += ["{n} BETWEEN {l} AND {h}", "{n} between {l} and {h}"] * 2
        if self.types.get(name) != "N" or self.chance(0.1):
            forms += ["begins_with({n}, {l})", "(begins_with({n},{l}))"] * 2
        if self.chance(self.wrong):
            forms = ["NOT {n} = {l}", "{n} <> {l}", "{n} IN ({l}, {h})", "attribute_exists({n})", "contains({n}, {l})"]
            forms += [
                "size({n}) > {l}",
                "{n} = {l} OR {n} = {h}",
                "(({n} = {l}))",
                "{n} {l}",
                "{n} = {l} {h} ;",
                "status = {l}",
            ]
        text = self.random.choice(forms).format(n=shown, l=low, h=high)
        bounds = zip((low, high), sorted([self.value(name), self.value(name)], key=str), strict=True)
        return Part(
            text,
            {one: value for one, value in bounds if one in text},
            {shown: name} if shown in text and shown != name else {},
        )

    def with_parts(self, request: Item, parts: list[Part]) -> Item:
        values = {name: value for part in parts for name, value in part.values.items()}
        names = {name: attribute for part in parts for name, attribute in part.names.items()}
        given = {"ExpressionAttributeValues": values, "ExpressionAttributeNames": names}
        return request | {name: one for name, one in given.items() if one or self.chance(0.02)}

    def schema(self, index: Index) -> list[dict[str, str]]:
        keys = [(name, "HASH") for name in index.hashes] + [(name, "RANGE") for name in index.ranges]
        return [{"AttributeName": name, "KeyType": kind} for name, kind in keys]

    # The table, and what replaces many items at once

    def create(self) -> Step:
        used = {*self.keys, *(name for index in self.indexes.values() for name in index.hashes + index.ranges)}
        request: Item = {
            "TableName": self.table,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": self.schema(Index(self.keys[:1], self.keys[1:])),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": self.types[name]} for name in sorted(used)
            ],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        }
        for name, index in self.indexes.items():
            kind = "LocalSecondaryIndexes" if name.startswith("lsi") else "GlobalSecondaryIndexes"
            entry = {"IndexName": name, "KeySchema": self.schema(index), "Projection": self.random.choice(PROJECTIONS)}
            request.setdefault(kind, []).append(entry)
        return "CreateTable", request

    def rare(self) -> Step:
        schema = self.schema(Index(["title"], ["n"] if self.chance(0.5) else []))
        later = {"IndexName": "gsi-later", "KeySchema": schema, "Projection": PROJECTIONS[0]}
        types = {"title": self.random.choice("SN"), "n": "N"}
        definitions = [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]
        changes: list[Item] = [
            {"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": [{"Create": later}]},
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": self.random.choice(["gsi-later", "gsi-n"])}}]},
            {"ReplicaUpdates": [{"Create": {"RegionName": AWAY}}]},
        ]
        restored = {"SourceTableName": self.table, "TargetTableName": "restored", "UseLatestRestorableTime": True}
        lifetime = {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "gone_at"}}
        steps: list[Step] = [("UpdateTable", {"TableName": self.table} | change) for change in changes]
        steps += [("RestoreTableToPointInTime", restored), ("UpdateTimeToLive", {"TableName": self.table} | lifetime)]
        steps += [
            ("sweep", {}),
            ("reload", {}),
            ("reset", {}),
            ("DeleteTable", {"TableName": self.table}),
            self.create(),
        ]
        return self.random.choice(steps)

    # Writes

    def with_condition(self, request: Item) -> Item:
        if self.chance(0.6):
            return request
        part = self.part(self.random.choice(list(self.types)))
        return self.with_parts(request | {"ConditionExpression": part.text}, [part])

    def put(self) -> Step:
        extras = {"ReturnValues": "ALL_OLD", "ReturnConsumedCapacity": "INDEXES"} if self.chance(0.5) else {}
        return "PutItem", self.with_condition({"TableName": self.table, "Item": self.item()}) | extras

    def update(self) -> Step:
        name = self.random.choice("snb")
        text = self.random.choice(
            [f"SET {name} = :new", f"REMOVE {name}", f"SET title = :new, {name} = :new", "ADD n :new"]
        )
        request: Item = {"TableName": self.table, "Key": self.key(), "UpdateExpression": text}
        request["ReturnValues"] = self.random.choice(["ALL_NEW", "UPDATED_OLD", "NONE"])
        new = (
            {"ExpressionAttributeValues": {":new": self.value("n" if "ADD" in text else name)}}
            if ":new" in text
            else {}
        )
        return "UpdateItem", request | new

    def delete(self) -> Step:
        return "DeleteItem", self.with_condition({"TableName": self.table, "Key": self.key()})

    def batch(self) -> Step:
        puts = [{"PutRequest": {"Item": self.item()}} for _ in range(self.random.randint(0, 3))]
        return "BatchWriteItem", {"RequestItems": {self.table: [*puts, {"DeleteRequest": {"Key": self.key()}}]}}

    def transact(self) -> Step:
        actions = []
        for _ in range(self.random.randint(1, 3)):
            operation, request = self.random.choice([self.put, self.update, self.delete])()
            kept = {name: one for name, one in request.items() if not name.startswith("Return")}
            actions.append({operation.removesuffix("Item"): kept})
        return "TransactWriteItems", {"TransactItems": actions, "ReturnConsumedCapacity": "INDEXES"}

    def by_statement(self) -> Step:
        """Return statements of PartiQL: their updates give an index's key any type, and their transactions are undone item by item."""
        where = " AND ".join(f"{name} = ?" for name in self.keys)
        text = f'UPDATE "{self.table}" SET {self.random.choice("snb")} = ? WHERE {where}'
        values = [
            [self.value(self.random.choice("snb")), *self.key().values()] for _ in range(self.random.randint(1, 2))
        ]
        statements = [{"Statement": text, "Parameters": parameters} for parameters in values]
        if self.chance(0.5):
            return "ExecuteStatement", statements[0]
        return "ExecuteTransaction", {"TransactStatements": statements}

    # Reads

    def get(self) -> Step:
        return "GetItem", {"TableName": self.table, "Key": self.key(), "ReturnConsumedCapacity": "TOTAL"}

    def more(self) -> Step:
        """Return the next page of the last query or scan."""
        return "more", {}

    def query(self) -> Step:
        name = self.random.choice([*list(self.indexes) * 3, "gsi-later"]) if self.chance(0.6) else None
        index = self.indexes.get(name or "", Index(self.keys[:1], self.keys[1:]))
        request = self.reading(name)
        if self.chance(0.05):
            operators = {one: self.random.choice(["EQ", "GT"]) for one in self.keys}
            conditions = {
                one: {"ComparisonOperator": operator, "AttributeValueList": [self.value(one)]}
                for one, operator in operators.items()
            }
            return "Query", request | {"KeyConditions": conditions}
        parts = [Part(f"{one} = :{one}", {f":{one}": self.value(one)}, {}) for one in index.hashes]
        chosen = [
            one if self.chance(0.9) else self.random.choice([*self.types, "title"])
            for one in index.ranges
            if self.chance(0.7)
        ]
        parts += map(self.part, chosen)
        self.random.shuffle(parts)
        request["KeyConditionExpression"] = (" OR " if self.chance(0.02) else " AND ").join(part.text for part in parts)
        if self.chance(0.6):
            request["ScanIndexForward"] = self.random.choice([True, False, False, None])
        return "Query", self.filtered(request, parts)

    def scan(self) -> Step:
        request = self.reading(self.random.choice([*self.indexes, "gsi-later"]) if self.chance(0.2) else None)
        if self.chance(0.2):
            request |= {"Segment": self.random.randint(0, 2), "TotalSegments": 2}
        return "Scan", self.filtered(request, [])

    def reading(self, index: str | None) -> Item:
        """Return what queries and scans have in common."""
        request: Item = {"TableName": "restored" if self.chance(0.05) else self.table} | (
            {"IndexName": index} if index else {}
        )
        options: dict[str, tuple[float, list[Any]]] = {
            "Limit": (0.6, [1, 2, 3, 5, 100, 0, "2", "x"] if self.chance(0.1) else [1, 2, 3, 5]),
            "ConsistentRead": (0.15, [True]),
            "ReturnConsumedCapacity": (0.15, ["INDEXES", "TOTAL", "NONE"]),
            "Select": (0.15, ["COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES"]),
            "ProjectionExpression": (0.15, ["title", "s, n", "pk, title"]),
            "ExclusiveStartKey": (0.5, ["last", "last", "last", self.item()]),
        }
        if self.chance(self.wrong / 2):
            options["ExclusiveStartKey"] = 1, [*STRANGE, self.key()]
        return request | {
            name: self.random.choice(choices) for name, (share, choices) in options.items() if self.chance(share)
        }

    def filtered(self, request: Item, parts: list[Part]) -> Item:
        if self.chance(0.3):
            filters = [self.part(self.random.choice([*self.types, "title"])) for _ in range(self.random.randint(1, 2))]
            request["FilterExpression"] = self.random.choice([" AND ", " OR "]).join(part.text for part in filters)
            parts = parts + filters
        return self.with_parts(request, parts)
