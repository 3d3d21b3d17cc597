"""What the tests of the functions share."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from lambdo.table import aws
from tests.support.mailbox import Post
from tools.in_process.api import Api
from tools.in_process.network import Network
from tools.in_process.stream import Stream
from tools.in_process.table import Dump, empty_table
from tools.in_process.world import World
from tools.local.application import Application
from tools.local.provision import create_tables
from tools.measure.bill import Bill, billing
from tools.operate.target import Target, open_target


@pytest.fixture(scope="module", autouse=True)
def _empty_table(application: Application) -> None:
    """Start each file on an empty table, so that a dump of it takes milliseconds."""
    empty_table(application)


@pytest.fixture
def other(application: Application) -> Iterator[Target]:
    """Another table like the template's, empty."""
    (properties,) = application.tables.values()
    create_tables(replace(application, tables={"Other": properties}), os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    other = open_target("Other")
    yield other
    other.table.delete()


@pytest.fixture
def stream(dump: Callable[[], list[dict[str, Any]]]) -> Stream:
    """What comes over the table's stream."""
    return Stream(dump)


@pytest.fixture
def post(dump: Callable[[], list[dict[str, Any]]]) -> Post:
    """What goes out by mail."""
    return Post(dump)


@pytest.fixture
def bill(application: Application) -> Iterator[Bill]:
    """What requests cost, by AWS's rules: `bill.call(user, "GET", path)`."""
    with billing() as bill:
        yield bill


@pytest.fixture
def ssm(application: Application, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The wire between botocore and SSM; nothing sleeps meanwhile."""
    client = aws.client("ssm")
    monkeypatch.setattr(client._endpoint, "http_session", client._endpoint.http_session)  # what Network replaces
    network = Network(client)
    monkeypatch.setattr(time, "sleep", network.slept.append)
    return network


@pytest.fixture(scope="module")
def _whole_world(api: Api, _empty_table: None, dump: Dump) -> World:
    return World(api, dump)


@pytest.fixture
def world(_whole_world: World) -> World:
    """A user with everything that requests are about, as it was."""
    _whole_world.restore()
    return _whole_world
