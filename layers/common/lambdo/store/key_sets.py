"""Key sets: the secrets of a deployment, each set one SSM SecureString of at most 4 KB."""

import json
from collections.abc import Sequence
from functools import cache

from lambdo.models.key import Key
from lambdo.store import table


def get(name: str) -> list[Key]:
    """Return the keys, newest first; empty if the parameter does not exist. One SSM call."""
    text = table.parameter(name)
    return json.loads(text)["keys"] if text else []


@cache
def get_cached(name: str) -> list[Key]:
    """Return the keys, read once for the life of the process: a deployment that changes them starts new processes.

    Raises
    ------
    RuntimeError
        If the parameter does not exist.
    """
    keys = get(name)
    if not keys:
        raise RuntimeError(f"the key set {name} does not exist")
    return keys


def put(name: str, keys: Sequence[Key]) -> None:
    """Store the keys, newest first."""
    table.put_parameter(name, json.dumps({"keys": keys}))


def delete(name: str) -> None:
    """Delete the key set; one that is gone is fine."""
    table.delete_parameter(name)
