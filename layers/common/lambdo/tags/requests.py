"""Request bodies of the tag endpoints."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from lambdo.base.fields import ONE_LINE, PatchModel, RequestModel, one_line

_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")


def _color(text: str) -> str:
    if not _COLOR.fullmatch(text):
        raise PydanticCustomError("color", "String should be a colour like #1E90FF")
    return text.lower()


type TagName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
    AfterValidator(one_line),
    Field(json_schema_extra=ONE_LINE),
]
type Color = Annotated[str, AfterValidator(_color), Field(json_schema_extra={"pattern": f"^{_COLOR.pattern}$"})]


class CreateTag(RequestModel):
    """A new tag."""

    name: TagName
    color: Color | None = None


class UpdateTag(PatchModel):
    """The fields to change: an absent field keeps its value, null clears the colour (RFC 7396)."""

    name: TagName = Field(default="")
    color: Color | None = None
