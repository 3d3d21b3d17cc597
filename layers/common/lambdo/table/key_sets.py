"""Key sets: the secrets of a deployment. Each set is one SSM SecureString of at most 4 KB."""

import json
from collections.abc import Sequence
from functools import cache

from lambdo.base.key import Key
from lambdo.table import aws
from lambdo.table.error_codes import Meaning


def get(name: str) -> list[Key]:
    """Return the keys, newest first; empty if the parameter does not exist. One SSM call."""
    try:
        answer = aws.call("ssm", "get_parameter", Name=name, WithDecryption=True)
    except aws.AwsError as error:
        if error.meaning is Meaning.MISSING:
            return []
        raise
    keys: list[Key] = json.loads(answer["Parameter"]["Value"])["keys"]
    return keys


@cache
def get_cached(name: str) -> list[Key]:
    """Return the keys, read once per process: a deployment that changes them starts new processes.

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
    """Store the keys, newest first, encrypted under the account's default key."""
    text = json.dumps({"keys": keys})
    aws.call("ssm", "put_parameter", Name=name, Value=text, Type="SecureString", Overwrite=True)


def delete(name: str) -> None:
    """Delete the key set; do nothing if it does not exist."""
    try:
        aws.call("ssm", "delete_parameter", Name=name)
    except aws.AwsError as error:
        if error.meaning is not Meaning.MISSING:
            raise
