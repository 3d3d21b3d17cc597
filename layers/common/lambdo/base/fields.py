"""Field types that request models share. They are strict: values are never coerced, unknown fields are refused."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from lambdo.base import ids, times

# Character classes for regular expressions. White space is what Unicode defines as such; it is stripped.
_CONTROL: Final = r"\x00-\x1f\x7f-\x9f"
_CONTROL_BUT_LAYOUT: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_SPACE: Final = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_HAS_CONTROL: Final = re.compile(f"[{_CONTROL}]")
_HAS_CONTROL_BUT_LAYOUT: Final = re.compile(f"[{_CONTROL_BUT_LAYOUT}]")
_VISIBLE: Final = f"[^{_CONTROL}{_SPACE}]"

# JSON Schema has no functions, so each of these states in openapi.json a rule that a validator below checks in Python.
ONE_LINE: Final = {"pattern": f"^[{_SPACE}]*{_VISIBLE}([^{_CONTROL}]*{_VISIBLE})?[{_SPACE}]*$"}
_TEXT: Final = {"pattern": f"^[^{_CONTROL_BUT_LAYOUT}]*$"}
ID: Final = {"type": "string", "format": "uuid", "pattern": f"^{ids.CANONICAL.pattern}$"}
DUE_DATE: Final = {
    "anyOf": [
        {"type": "string", "format": "date", "pattern": f"^{times.DATE.pattern}$"},
        {"type": "string", "format": "date-time", "pattern": f"^{times.DATE_TIME.pattern}$"},
    ]
}


class RequestModel(BaseModel):
    """The base of every request body."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class PatchModel(RequestModel):
    """The base of partial updates: an absent field keeps its value, null clears it (RFC 7396). Defaults are unused."""

    def sent(self) -> dict[str, Any]:
        """Return only the fields that the client sent, null included."""
        return self.model_dump(exclude_unset=True)


def _item_id(kind: str) -> AfterValidator:
    """Return a validator that refuses strings that are not ids; the message names the `kind`."""

    def check(text: str) -> str:
        if not ids.is_id(text):
            raise PydanticCustomError(f"{kind}_id", f"String should be the id of a {kind}")
        return text

    return AfterValidator(check)


def one_line(text: str) -> str:
    """Refuse control characters, including line breaks."""
    if _HAS_CONTROL.search(text):
        raise PydanticCustomError("control_characters", "String should have no control characters or line breaks")
    return text


def _text(text: str) -> str:
    if _HAS_CONTROL_BUT_LAYOUT.search(text):
        raise PydanticCustomError(
            "control_characters", "String should have no control characters but tabs and line breaks"
        )
    return text


def _due_date(text: str) -> str:
    try:
        return times.normalize_due_date(text)
    except ValueError as error:
        raise PydanticCustomError(
            "due_date",
            "String should be a date (2026-11-21) or a date-time with an offset (2026-11-21T09:00:00+01:00)",
        ) from error


type Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(one_line),
    Field(json_schema_extra=ONE_LINE),
]
type Description = Annotated[
    str, StringConstraints(max_length=1000), AfterValidator(_text), Field(json_schema_extra=_TEXT)
]
type DueDate = Annotated[str, AfterValidator(_due_date), WithJsonSchema(DUE_DATE)]
type TagId = Annotated[str, _item_id("tag"), WithJsonSchema(ID)]
type TaskId = Annotated[str, _item_id("task"), WithJsonSchema(ID)]
