"""What the runs of the state machine stand on."""

import pytest

from lambdo.base import times
from lambdo.base.settings import settings
from tests.caller import Api
from tests.model.machine import World
from tests.network import Network
from tools.operate.target import open_target


@pytest.fixture
def world(api: Api, network: Network, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(api, network, open_target(settings.table_name), times.now())
    monkeypatch.setattr(times, "now", lambda: world.now)
    return world
