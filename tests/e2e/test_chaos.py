"""Clients at work over HTTP while workers are killed; `make chaos` is the same at full size."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.crowd import Plan
from tests.chaos.run import PARAMETERS, run
from tools.local.running import ROOT, Server, end, start


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = start(ROOT, tmp_path / "state", tmp_path / "output", PARAMS=PARAMETERS)
    yield server
    end(server.process)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc, which only Linux has, tells which worker to kill")
def test_every_answer_is_explained_and_every_write_has_one_effect_while_workers_are_killed(server: Server) -> None:
    outcome, killed = run(server, Plan(threads=3, requests=36, accounts=1, seed=6), kills=0.2)
    assert outcome.faults == []
    assert killed > 0
