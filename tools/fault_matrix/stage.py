"""The world in which all the requests are made, on an empty table."""

import hashlib
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
    """Yield the world; within the with block, nothing sleeps, and fingerprints of passwords cost little."""
    empty_table(api.application)
    with patch.object(time, "sleep", lambda _: None), patch.object(hashlib, "scrypt", _cheap_hash):
        yield World(api, dump)
    aws.client.cache_clear()


def _cheap_hash(text: bytes, *, salt: bytes, **_: int) -> bytes:
    return hashlib.sha256(salt + text).digest()
