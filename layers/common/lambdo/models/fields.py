"""Field types that request models share. Strict: nothing is coerced, unknown members are refused."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from lambdo import ids, times

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LAYOUT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class RequestModel(BaseModel):
    """The base of every request body."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    def sent(self) -> dict[str, Any]:
        """Return only the members that the client sent, null included."""
        return self.model_dump(exclude_unset=True)


def item_id(kind: str) -> AfterValidator:
    """Return what refuses a text that can be no id of a thing of this kind."""

    def check(text: str) -> str:
        if not ids.is_id(text):
            raise PydanticCustomError(f"{kind}_id", f"String should be the id of a {kind}")
        return text

    return AfterValidator(check)


def one_line(text: str) -> str:
    """Refuse control characters, line breaks among them."""
    if _CONTROL.search(text):
        raise PydanticCustomError("control_characters", "String should have no control characters or line breaks")
    return text


def _text(text: str) -> str:
    if _CONTROL_BUT_LAYOUT.search(text):
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
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line)
]
type Description = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_text)]
type DueDate = Annotated[str, AfterValidator(_due_date)]
