"""Request bodies of the account endpoints, and their fields. The rules for passwords import bcrypt."""

import re
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from lambdo.base.fields import ONE_LINE, PatchModel, RequestModel, one_line
from lambdo.users import passwords

# A "valid email address" of the WHATWG HTML standard, section 4.10.5.1.5, with a dot in the domain. ASCII only, as
# Amazon SES requires: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL: Final = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+", re.ASCII)


def _email(text: str) -> str:
    address = text.strip().lower()  # lower() turns the Kelvin sign into ASCII, so check the text instead
    if not text.isascii() or len(address) > 254 or not _EMAIL.fullmatch(address):
        raise PydanticCustomError("email", "String should be an email address of at most 254 ASCII characters")
    return address.lower()


def _new_password(text: str) -> str:
    password = passwords.normalize(text)
    if not passwords.MIN_LENGTH <= len(password) <= passwords.MAX_LENGTH:
        raise PydanticCustomError("password_length", "Password should have 8 to 128 characters")
    if passwords.is_common(password):
        raise PydanticCustomError("password_common", "Password should not be among the 3,000 most common ones")
    return password


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def _time_zone(text: str) -> str:
    if text not in _time_zones():
        raise PydanticCustomError("time_zone", "String should be an IANA time zone like Europe/Berlin")
    return text


type PersonName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(one_line),
    Field(json_schema_extra=ONE_LINE),
]
type Email = Annotated[
    str,
    StringConstraints(max_length=1000),
    AfterValidator(_email),
    # Not format email: RFC 5321 refuses addresses that browsers accept (by the HTML standard), such as .a@example.com.
    Field(json_schema_extra={"maxLength": 254, "pattern": f"^{_EMAIL.pattern.replace('a-z', 'A-Za-z')}$"}),
]
type NewPassword = Annotated[
    str,
    AfterValidator(_new_password),
    Field(
        json_schema_extra={"format": "password", "minLength": passwords.MIN_LENGTH, "maxLength": passwords.MAX_LENGTH}
    ),
]
type TimeZone = Annotated[str, AfterValidator(_time_zone), Field(json_schema_extra={"format": "iana-time-zone"})]


class Register(RequestModel):
    """A new account."""

    email: Email
    """Case-insensitive; stored in lower case."""
    password: NewPassword
    """Any characters, but not one of the 3,000 most common passwords and not the email address."""
    name: PersonName | None = None


class LogIn(RequestModel):
    """Login credentials."""

    email: Email
    password: str
    cookie: bool = False
    """Whether to set the refresh token as a cookie, for browsers, instead of returning it in the body."""


class Refresh(RequestModel):
    """The current refresh token; browsers send it in a cookie instead."""

    refresh_token: str | None = None


class LogOut(RequestModel):
    """The current refresh token of the session, or the one just replaced; browsers send it in a cookie instead."""

    refresh_token: str | None = None


class ChangePassword(RequestModel):
    """The current and the new password."""

    current_password: str
    new_password: NewPassword
    """Any characters, but not one of the 3,000 most common passwords and not the email address."""


class RequestPasswordReset(RequestModel):
    """The email address of the account whose password was forgotten."""

    email: Email


class ResetPassword(RequestModel):
    """The token from the email, and the new password."""

    token: str
    password: NewPassword
    """Any characters, but not one of the 3,000 most common passwords and not the email address."""


class VerifyEmail(RequestModel):
    """The token from the email."""

    token: str


class UpdateMe(PatchModel):
    """The fields to change: an absent field keeps its value, null clears the name (RFC 7396)."""

    name: PersonName | None = None
    time_zone: TimeZone = Field(default="UTC")
    """An IANA time zone such as `Europe/Berlin`. Due dates follow it."""


class DeleteMe(RequestModel):
    """The password, which confirms that the owner wants to delete the account."""

    password: str
