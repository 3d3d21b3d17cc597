"""The one world that all cases share, and what becomes of them in it."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdo.table import aws
from tests.faults.matrix import Matrix
from tests.faults.world import World
from tools.in_process.api import Api
from tools.local.application import Application
from tools.local.provision import create_tables


@pytest.fixture(scope="module")
def world(application: Application, api: Api, dump: Callable[[], list[dict[str, Any]]]) -> Iterator[World]:
    """What the cases start from, on a table of its own; meanwhile nothing sleeps, and fingerprints of passwords cost little."""
    aws.client("dynamodb").delete_table(TableName=os.environ["TABLE_NAME"])
    create_tables(application, os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", lambda _: None)
        patch.setattr(hashlib, "scrypt", _cheap_hash)
        yield World(api, dump)
    aws.client.cache_clear()


@pytest.fixture(scope="module")
def matrix(world: World) -> Matrix:
    """What comes of the cases."""
    return Matrix(world)


def _cheap_hash(text: bytes, *, salt: bytes, **_: int) -> bytes:
    return hashlib.sha256(salt + text).digest()
