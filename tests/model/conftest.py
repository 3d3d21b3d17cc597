"""What the runs of the state machine stand on."""

import pytest

from lambdo.base import times
from lambdo.base.settings import settings
from lambdo.table import aws
from tests.caller import Api
from tests.model.machine import World
from tests.network import Network
from tools.operate.target import Target


@pytest.fixture
def world(api: Api, network: Network, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(api, network, Target(aws.client("dynamodb"), settings.table_name), times.now())
    monkeypatch.setattr(times, "now", lambda: world.now)
    return world
