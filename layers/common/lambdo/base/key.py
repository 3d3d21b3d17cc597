"""The shape of a secret key in a key set."""

from typing import TypedDict


class Key(TypedDict):
    """One generation of secrets; `secret` is base64url of 32 bytes (for signing keys the Ed25519 seed)."""

    id: str
    version: int
    secret: str
