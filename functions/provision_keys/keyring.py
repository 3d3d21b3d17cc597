"""Creates and rotates the keys of a deployment; used when the stack is deployed, never for a request."""

from typing import NamedTuple

from lambdo.base import ids
from lambdo.base.key import Key
from lambdo.sessions import access_tokens
from lambdo.table import key_sets


class Provisioned(NamedTuple):
    """The keys for the functions: the public keys, newest first, and the id of the key to sign with."""

    jwks: str
    key_id: str


def provision(signing_parameter: str, cursor_parameter: str, version: int) -> Provisioned:
    """Make sure that both key sets have a key of this version, and keep the newest two; a repetition changes nothing.

    Parameters
    ----------
    signing_parameter, cursor_parameter
        Names of the SSM parameters.
    version
        The key version to use. A version that is still kept can be used again, as after a rollback.
    """
    signing_keys = _rotate(signing_parameter, version)
    _rotate(cursor_parameter, version)
    key_id = next(key["id"] for key in signing_keys if key["version"] == version)
    return Provisioned(access_tokens.public_jwks(signing_keys), key_id)


def delete(signing_parameter: str, cursor_parameter: str) -> None:
    """Delete both key sets, which makes every token and cursor invalid."""
    key_sets.delete(signing_parameter)
    key_sets.delete(cursor_parameter)


def _rotate(parameter: str, version: int) -> list[Key]:
    keys = key_sets.get(parameter)
    if any(key["version"] == version for key in keys):
        return keys
    key: Key = {"id": f"{version}-{ids.new_id()[-12:]}", "version": version, "secret": access_tokens.new_secret()}
    keys = [key, *keys][:2]
    key_sets.put(parameter, keys)
    return keys
