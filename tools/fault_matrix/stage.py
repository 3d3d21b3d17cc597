"""The world in which all the requests are made, on an empty table."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from lambdo.table import aws
from tools.in_process.api import Api
from tools.in_process.table import Dump, empty_table
from tools.in_process.world import World


@contextmanager
def staged(api: Api, dump: Dump) -> Iterator[World]:
    """Yield the world; within the with block, nothing sleeps."""
    empty_table(api.application)
    with patch.object(time, "sleep", lambda _: None):
        yield World(api, dump)
    aws.client.cache_clear()
