"""The one world that all requests share, and what becomes of them in it."""

from collections.abc import Iterator

import pytest

from tools.fault_matrix.matrix import Matrix
from tools.fault_matrix.stage import staged
from tools.in_process.api import Api
from tools.in_process.table import Dump
from tools.in_process.world import World


@pytest.fixture(scope="module")
def world(api: Api, dump: Dump) -> Iterator[World]:
    """What the requests start from, on a table of its own."""
    with staged(api, dump) as world:
        yield world


@pytest.fixture(scope="module")
def matrix(world: World) -> Matrix:
    """What comes of the requests."""
    return Matrix(world)
