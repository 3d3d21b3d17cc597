"""Every environment variable that the functions read. Each is read once, on first use; an error names the variable.

The addresses of DynamoDB, SES and SSM are settings of botocore (AWS_ENDPOINT_URL_DYNAMODB, _SESV2, _SSM).
"""

import os
from typing import Any, Final

MAX_LIMIT: Final = 10_000  # of a throttle, because one item holds a counter for each account that was tried


class _Variable[Value]:
    """A variable with the attribute's name in capitals; once read, its value replaces it in the settings."""

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, settings: object, _: type | None = None) -> Value:
        variable = self._name.upper()
        text = os.environ.get(variable)
        if not text:
            raise RuntimeError(f"environment variable {variable} is not set")
        value: Value = self.read(variable, text)
        vars(settings)[self._name] = value
        return value

    def read(self, variable: str, text: str) -> Any:  # noqa: ANN401, ARG002 - each subclass has its type
        """Return the value that the variable's text stands for; raises RuntimeError, which names the variable."""
        return text


class _Text(_Variable[str]):
    pass


class _Switch(_Variable[bool]):
    """A switch: on if the variable is `true`, otherwise off."""

    def read(self, variable: str, text: str) -> bool:  # noqa: ARG002
        """Return whether it is `true`."""
        return text == "true"


class _Number(_Variable[int]):
    """A whole number within limits."""

    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def read(self, variable: str, text: str) -> int:
        """Return the number."""
        if not (text.isdecimal() and self._low <= int(text) <= self._high):
            limits = f"from {self._low} to {self._high}"
            raise RuntimeError(f"environment variable {variable} must be a number {limits}, not {text!r}")
        return int(text)


class Settings:
    """The variables, each by its name in lower case."""

    table_name = _Text()
    """The one DynamoDB table."""
    powertools_service_name = _Text()
    """The stack's name, which is the namespace of its metrics."""
    jwks = _Text()
    """The public signing keys, a JSON Web Key Set (RFC 7517), newest first."""
    token_issuer = _Text()
    """The `iss` of access tokens."""
    signing_keys_parameter = _Text()
    """Name of the SSM SecureString with the private signing keys."""
    signing_key_id = _Text()
    """The `kid` of the key to sign with; deployed only after the authorizer knows that key."""
    cursor_keys_parameter = _Text()
    """Name of the SSM SecureString with the keys that sign list cursors."""
    password_cost = _Number(4, 31)
    """bcrypt's cost, a power of two; the template allows 12 and up."""
    log_in_failures_per_account = _Number(1, MAX_LIMIT)
    """Wrong passwords for one account from one IP address in 15 minutes."""
    log_in_failures_per_address = _Number(1, MAX_LIMIT)
    """Wrong passwords from one IP address in 15 minutes, for all accounts together."""
    mails_per_account = _Number(1, MAX_LIMIT)
    """Emails that can be requested in an hour for one account."""
    mails_per_address = _Number(1, MAX_LIMIT)
    """Emails that can be requested in an hour from one IP address, for all accounts together."""
    password_checks_per_account = _Number(1, MAX_LIMIT)
    """How often in 15 minutes a logged-in user can be asked for the password again."""
    registrations_per_address = _Number(1, MAX_LIMIT)
    """Registrations from one IP address in an hour."""
    mail = _Text()
    """`on` if the deployment sends emails, `off` if it has no sender address."""
    mail_from = _Text()
    """The address that emails are sent from."""
    app_url = _Text()
    """The address of the web pages that links in emails open, without a trailing slash."""
    app = _Switch()
    """Whether the web app is served."""
    docs = _Switch()
    """Whether the API's description is served, as a document and as pages."""


settings: Final = Settings()
