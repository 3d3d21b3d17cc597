"""The whole API on a second server, and its calls at a third: the code relies on nothing that MiniStack alone takes."""

import copy
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from botocore import xform_name

from lambdo.table import aws
from tests.endpoints import ENDPOINTS
from tests.support.called import called
from tests.support.routes import among
from tests.support.stand_in import ACCEPTED, REFUSED, Start, outcome
from tools.in_process.api import Api, expect
from tools.in_process.endpoints import Endpoint, Request
from tools.in_process.table import Dump, Items
from tools.in_process.world import World
from tools.measure.capacity import INDEXES
from tools.stand_ins import NotInstalledError

type Call = tuple[str, dict[str, Any]]  # an operation by botocore's name, and its arguments

OPERATIONS = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item", "ConditionCheck": "delete_item"}
LISTS = [
    ("tasks", "sort=-created_at"),
    ("tasks", "sort=created_at"),
    ("tasks", "sort=due_date"),
    ("tasks", "sort=-due_date"),
    ("tasks", "sort=priority"),
    ("tasks", "status=open&priority=medium"),
    ("tasks", "due_after=2026-01-01&due_before=2027-01-01"),
    ("tasks", "overdue=true"),
    ("tasks", "tag={errands}"),
    ("tasks", "q=report"),
    ("tasks/trash", ""),
]
DELETE = Request("", 204, method="DELETE", path="/api/{user_id}/tasks/{task_id}")
with_table = among([endpoint for endpoint in ENDPOINTS if not endpoint.is_page])


@pytest.fixture(autouse=True)
def _store() -> None:
    """The functions use the table of the application."""


@pytest.fixture(scope="module")
def world(api: Api, dump: Dump) -> World:
    return World(api, dump)


@pytest.fixture(scope="module")
def on_moto(world: World, start: Start) -> World:
    """The same world in a table of moto's."""
    client = start("moto", world._table).client

    def dump() -> Items:
        pages = client.get_paginator("scan").paginate(TableName=world._table)
        items = [item for page in pages for item in page["Items"]]
        return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    other = copy.copy(world)
    other._client, other._dump = client, dump
    return other


@with_table
def test_requests_have_the_same_answers_and_effects_on_moto(
    world: World, on_moto: World, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = aws.client
    for request in endpoint.requests:
        if request.cold:
            continue
        seen = []
        for one in (world, on_moto):
            client = one._client
            monkeypatch.setattr(
                aws, "client", lambda name, client=client: client if name == "dynamodb" else plain(name)
            )
            one.restore(counters=True)
            answer = one.send(request)
            one.drain()
            seen.append((answer.status, one.shape(answer.text), one.look()))
        assert seen[0] == seen[1], request
        assert seen[0][0] == request.status, request


@pytest.fixture(scope="module")
def sent(world: World) -> list[Call]:
    """What the API sends to DynamoDB: for each request, for work on the stream, and for every page of lists.

    Of a transaction this has each write, as a call of its own.
    """
    calls: list[Call] = []
    world.restore(counters=True)
    world.send(DELETE)  # so that the trash has two pages
    with _noting(world, calls):
        for path, query in LISTS:
            _walk(world, path, query)
    for request in [request for endpoint in ENDPOINTS for request in endpoint.requests if not request.cold]:
        world.restore(counters=True)
        with _noting(world, calls):
            world.send(request)
            world.drain()
    return [one for name, arguments in calls for one in _single(name, arguments)]


@contextmanager
def _noting(world: World, calls: list[Call]) -> Iterator[None]:
    """Note the calls within the with block."""

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        calls.append((model.name, copy.deepcopy(params)))

    events = world._client.meta.events
    events.register("provide-client-params", note)
    yield
    events.unregister("provide-client-params", note)


def _walk(world: World, path: str, query: str) -> None:
    """Ask for every page of a list, with one item each."""
    cursor: str | None = ""
    while cursor is not None:
        answer = world.user.call(
            "GET", path, query=world.filled(f"limit=1&{query}{cursor and f'&cursor={cursor}'}"), verdict=world.verdict
        )
        cursor = expect(answer, 200).json["next_cursor"]


def _single(name: str, arguments: dict[str, Any]) -> Iterator[Call]:
    if name != "TransactWriteItems":
        yield xform_name(name), arguments
    for item in arguments.get("TransactItems", ()):
        ((kind, write),) = item.items()  # no stand-in but moto refuses two
        assert kind != "ConditionCheck" or write["ConditionExpression"]  # none refuses a check without
        yield OPERATIONS[kind], write


def test_no_call_of_the_api_is_invalid_to_dynalite(world: World, sent: list[Call], start: Start) -> None:
    try:
        client = start("dynalite", world._table).client
    except NotInstalledError as error:
        pytest.skip(str(error))
    for operation, arguments in sent:
        assert outcome(client, operation, **arguments) in {ACCEPTED, REFUSED}, (operation, arguments)
    assert {operation for operation, _ in sent} == called()["dynamodb"] - {"transact_write_items"}


def test_calls_of_the_api_stay_within_what_no_stand_in_checks(sent: list[Call]) -> None:
    index_keys, start_keys = 0, 0
    for operation, arguments in sent:
        values = arguments.get("ExpressionAttributeValues", {})
        numbers = [one["N"] for one in _wire_values(arguments) if "N" in one]
        assert all(re.fullmatch("-?[0-9]{1,15}", number) for number in numbers), arguments
        names = arguments.get("ExpressionAttributeNames", {})
        updated = {name: values.get(f":{alias[1:]}", {"S": ""}) for alias, name in names.items()}
        for item in (arguments.get("Item", {}), updated if operation == "update_item" else {}):
            keys = [item[key]["S"] for key in INDEXES if key in item]
            index_keys += len(keys)
            assert all(len(key.encode()) <= 1024 for key in keys), arguments
        if start := arguments.get("ExclusiveStartKey"):
            # https://github.com/aws/aws-sdk-ruby/issues/2456: AWS refused a start key that is an end of the range.
            start_keys += 1
            assert start[names["#sk"]] not in (values[":low"], values[":high"]), arguments
    assert index_keys
    assert start_keys


def _wire_values(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every mapping at any depth, among them all values in wire form."""
    if isinstance(value, Mapping):
        yield value
    for one in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _wire_values(one)
