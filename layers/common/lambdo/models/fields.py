"""Field types that request models share. Strict: nothing is coerced, unknown members are refused."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from lambdo import passwords, times

# The "valid e-mail address" of the WHATWG HTML standard, section 4.10.5.1.5, with a dot in the domain. ASCII only, as
# Amazon SES wants it: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL: Final = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LAYOUT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class RequestModel(BaseModel):
    """The base of every request body."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    def sent(self) -> dict[str, Any]:
        """Return only the members that the client sent, null included."""
        return self.model_dump(exclude_unset=True)


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("control_characters", "String should have no control characters or line breaks")
    return text


def _text(text: str) -> str:
    if _CONTROL_BUT_LAYOUT.search(text):
        raise PydanticCustomError(
            "control_characters", "String should have no control characters but tabs and line breaks"
        )
    return text


def _email(text: str) -> str:
    address = text.strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise PydanticCustomError("email", "String should be an e-mail address of at most 254 ASCII characters")
    return address


def _new_password(text: str) -> str:
    password = passwords.normalize(text)
    if not passwords.MIN_LENGTH <= len(password) <= passwords.MAX_LENGTH:
        raise PydanticCustomError("password_length", "Password should have 8 to 128 characters")
    if passwords.is_common(password):
        raise PydanticCustomError("password_common", "Password is among the 3,000 most common ones; choose another")
    return password


def _due_date(text: str) -> str:
    try:
        return times.normalize_due_date(text)
    except ValueError as error:
        raise PydanticCustomError(
            "due_date",
            "String should be a date (2026-11-21) or a date-time with an offset (2026-11-21T09:00:00+01:00)",
        ) from error


type Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)
]
type Description = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_text)]
type PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_one_line)
]
type Email = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_email)]
type NewPassword = Annotated[str, AfterValidator(_new_password)]
type DueDate = Annotated[str, AfterValidator(_due_date)]
