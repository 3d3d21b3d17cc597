"""The servers that the store's tests run against, each started once, and the table of template.yaml in each."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from botocore.config import Config

from lambdo.table import aws, calls
from tests.stand_ins.disputes import DISPUTES, SERVERS
from tests.support.stand_in import Agrees, StandIn, Start
from tests.support.template import TEMPLATE
from tools.in_process.steady import PATIENCE
from tools.local.application import Application
from tools.local.provision import create_tables
from tools.local.template import read_template
from tools.stand_ins import NotInstalledError, dynalite, moto

# dynalite ignores the one and refuses the other.
NOT_OFFERED = {"dynalite": {"StreamSpecification", "TimeToLiveSpecification"}}


@pytest.fixture(scope="session")
def start(application: Application) -> Iterator[Start]:
    """Return what starts a server unless it runs, and creates a table in it; raises NotInstalledError."""
    (properties,) = read_template(TEMPLATE, {}, {}).tables.values()  # with the time to live, which `application` lacks
    config = Config(parameter_validation=False, read_timeout=PATIENCE, retries={"total_max_attempts": 1})
    with ExitStack() as stack:

        @cache
        def address(name: str) -> str:
            if name == "ministack":
                return os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
            return stack.enter_context({"moto": moto, "dynalite": dynalite}[name]())

        @cache
        def start(name: str, table: str) -> StandIn:
            endpoint = address(name)
            offered = {key: one for key, one in properties.items() if key not in NOT_OFFERED.get(name, ())}
            create_tables(replace(application, tables={table: offered}), endpoint)
            dynamodb, streams = (
                aws.session().create_client(service, endpoint_url=endpoint, config=config)
                for service in ("dynamodb", "dynamodbstreams")
            )
            return StandIn(name, dynamodb, streams, table)

        yield start


@pytest.fixture(params=SERVERS)
def stand_in(request: pytest.FixtureRequest, start: Start) -> StandIn:
    """Each server in turn, with a table for the file: moto copies the whole table for each write of a transaction."""
    try:
        return start(request.param, Path(request.path).stem)
    except NotInstalledError as error:
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def _store(stand_in: StandIn, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store use the server."""
    setting(TABLE_NAME=stand_in.table)
    monkeypatch.setattr(aws, "client", lambda _: stand_in.client)


@pytest.fixture
def pk(request: pytest.FixtureRequest, stand_in: StandIn) -> Iterator[str]:
    """A partition for this test alone, emptied at its end."""
    pk = str(request.node.name)
    yield pk
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": pk}}}
    pages = stand_in.client.get_paginator("query").paginate(
        TableName=stand_in.table, ProjectionExpression="sk", **query
    )
    calls.delete_all(pk, [item["sk"]["S"] for page in pages for item in page["Items"]])


@pytest.fixture
def agrees(request: pytest.FixtureRequest, stand_in: StandIn) -> Agrees:
    """Hold each outcome against AWS's or, where this server is said to differ, against what it is said to do."""
    dispute = DISPUTES[request.function.__name__]

    def check(observed: Mapping[str, object], on_aws: object) -> None:
        expected = dict(on_aws) if isinstance(on_aws, Mapping) else dict.fromkeys(observed, on_aws)
        assert {case: row["aws"] for case, row in dispute.cases.items()} == {
            case: expected[case] for case in dispute.cases
        }
        differing = {case: row[stand_in.name] for case, row in dispute.cases.items() if stand_in.name in row}
        assert dict(observed) == expected | differing

    return check
