"""What the runs of the state machine stand on."""

import pytest

from lambdo.base import times
from lambdo.base.settings import settings
from tests.model.machine import World
from tools.in_process.api import Api
from tools.in_process.network import Network
from tools.operate.target import open_target


@pytest.fixture
def world(api: Api, network: Network, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(api, network, open_target(settings.table_name), times.now())
    monkeypatch.setattr(times, "now", lambda: world.now)
    return world
