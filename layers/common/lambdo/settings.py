"""Every environment variable that the functions read; each is read once and fails by its name.

Where DynamoDB and SSM are found is botocore's own setting (AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SSM).
"""

import os
from functools import cache


def _required(name: str) -> str:
    """Return the variable's value, or raise RuntimeError naming it."""
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"environment variable {name} is not set")
    return value


@cache
def table_name() -> str:
    """TABLE_NAME: the one DynamoDB table."""
    return _required("TABLE_NAME")


@cache
def powertools_service_name() -> str:
    """POWERTOOLS_SERVICE_NAME: the stack's name, under which its metrics stand."""
    return _required("POWERTOOLS_SERVICE_NAME")


@cache
def jwks() -> str:
    """JWKS: the public signing keys, a JSON Web Key Set (RFC 7517), newest first."""
    return _required("JWKS")


@cache
def token_issuer() -> str:
    """TOKEN_ISSUER: the `iss` of access tokens."""
    return _required("TOKEN_ISSUER")


@cache
def signing_keys_parameter() -> str:
    """SIGNING_KEYS_PARAMETER: name of the SSM SecureString with the private signing keys."""
    return _required("SIGNING_KEYS_PARAMETER")


@cache
def signing_key_id() -> str:
    """SIGNING_KEY_ID: the `kid` to sign with; deployed only after the authorizer knows it."""
    return _required("SIGNING_KEY_ID")


@cache
def cursor_keys_parameter() -> str:
    """CURSOR_KEYS_PARAMETER: name of the SSM SecureString with the keys that sign list cursors."""
    return _required("CURSOR_KEYS_PARAMETER")


@cache
def password_cost() -> int:
    """PASSWORD_COST: bcrypt's cost, a power of two; the template allows 12 and up."""
    value = _required("PASSWORD_COST")
    if not (value.isdecimal() and 4 <= int(value) <= 31):
        raise RuntimeError(f"environment variable PASSWORD_COST must be a number from 4 to 31, not {value!r}")
    return int(value)
