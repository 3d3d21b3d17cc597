"""Every environment variable that the functions read; each is read once and fails by its name.

Where DynamoDB, SES and SSM are found is botocore's own setting (AWS_ENDPOINT_URL_DYNAMODB, _SESV2, _SSM).
"""

import os
from functools import cache
from typing import Final

MAX_LIMIT: Final = 10_000  # of a throttle: one item holds a counter for each account that was tried


def _required(name: str) -> str:
    """Return the variable's value, or raise RuntimeError naming it."""
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"environment variable {name} is not set")
    return value


def _number(name: str, low: int, high: int) -> int:
    """Return the variable's value, or raise RuntimeError naming it if it is no number from `low` to `high`."""
    value = _required(name)
    if not (value.isdecimal() and low <= int(value) <= high):
        raise RuntimeError(f"environment variable {name} must be a number from {low} to {high}, not {value!r}")
    return int(value)


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
    return _number("PASSWORD_COST", 4, 31)


@cache
def log_in_failures_per_account() -> int:
    """LOG_IN_FAILURES_PER_ACCOUNT: wrong passwords for one account from one address in 15 minutes."""
    return _number("LOG_IN_FAILURES_PER_ACCOUNT", 1, MAX_LIMIT)


@cache
def log_in_failures_per_address() -> int:
    """LOG_IN_FAILURES_PER_ADDRESS: wrong passwords from one address in 15 minutes, for whatever accounts."""
    return _number("LOG_IN_FAILURES_PER_ADDRESS", 1, MAX_LIMIT)


@cache
def mails_per_account() -> int:
    """MAILS_PER_ACCOUNT: mails that can be asked for in an hour for one account."""
    return _number("MAILS_PER_ACCOUNT", 1, MAX_LIMIT)


@cache
def mails_per_address() -> int:
    """MAILS_PER_ADDRESS: mails that can be asked for in an hour from one address, for whatever accounts."""
    return _number("MAILS_PER_ADDRESS", 1, MAX_LIMIT)


@cache
def password_checks_per_account() -> int:
    """PASSWORD_CHECKS_PER_ACCOUNT: how often in 15 minutes somebody may be asked again for the password."""
    return _number("PASSWORD_CHECKS_PER_ACCOUNT", 1, MAX_LIMIT)


@cache
def registrations_per_address() -> int:
    """REGISTRATIONS_PER_ADDRESS: registrations from one address in an hour."""
    return _number("REGISTRATIONS_PER_ADDRESS", 1, MAX_LIMIT)


@cache
def mail() -> str:
    """MAIL: `on` where the deployment sends mails, `off` where it has no sender address."""
    return _required("MAIL")


@cache
def mail_from() -> str:
    """MAIL_FROM: the address that mails are sent from."""
    return _required("MAIL_FROM")


@cache
def app_url() -> str:
    """APP_URL: where the web pages stand that links in mails lead to, without a slash at the end."""
    return _required("APP_URL")


@cache
def app() -> bool:
    """APP: `true` where the web app is served."""
    return _required("APP") == "true"


@cache
def docs() -> bool:
    """DOCS: `true` where the API's description is served, as document and as pages."""
    return _required("DOCS") == "true"
