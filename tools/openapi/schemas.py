"""JSON Schemas of shapes, made by pydantic: in validation mode for requests, in serialization mode for responses."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from itertools import pairwise
from types import get_original_bases
from typing import Any, Final, cast, get_type_hints, is_typeddict

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from lambdo.base.fields import PatchModel

type Json = dict[str, Any]

PREFIX: Final = "#/components/schemas/"
# The schemas of these types, which are plain strings in Python.
ALIASES: Final[dict[str, Json]] = {
    "Id": {
        "type": "string",
        "format": "uuid",
        "description": "A UUIDv7. Sorted as strings, ids are in order of creation.",
    },
    "Time": {"type": "string", "format": "date-time", "description": "RFC 3339, in UTC, with microseconds."},
}
PLAIN: Final[dict[type, Json]] = {str: {"type": "string"}, dict: {"type": "object"}}
# In the code, Task and Session are the stored items.
SHOWN_AS: Final = {"TaskAnswer": "Task", "TrashedTaskAnswer": "TrashedTask", "ShownSession": "Session"}


class _WithoutTitles(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's own signature
        return False


def components(shapes: Iterable[type]) -> dict[str, Json]:
    """Return the schemas of the shapes, and of all shapes in them, by name.

    A shape is a pydantic model or a TypedDict; the strings below its members become their descriptions.
    """
    by_name = {shape.__name__: shape for one in shapes if one not in PLAIN for shape in _within(one)}
    wanted: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (name, "validation" if issubclass(shape, BaseModel) else "serialization", TypeAdapter(shape))
        for name, shape in by_name.items()
    ]
    _, document = TypeAdapter.json_schemas(wanted, ref_template=f"{PREFIX}{{model}}", schema_generator=_WithoutTitles)
    schemas: dict[str, Json] = document["$defs"] | ALIASES
    for name, shape in by_name.items():
        _describe(schemas[name], shape)
    return {SHOWN_AS.get(name, name): _renamed(schema) for name, schema in sorted(schemas.items())}


def reference(shape: type) -> Json:
    """Return a reference to the shape among the components, or the schema itself for `str` and `dict`."""
    return PLAIN.get(shape) or {"$ref": _reference(shape.__name__)}


def _within(shape: type) -> Iterator[type]:
    """Yield the shape and all shapes in it."""
    yield shape
    for annotation in get_type_hints(shape, include_extras=True).values():
        for one in _shapes_in(annotation):
            yield from _within(one)


def _shapes_in(annotation: Any) -> Iterator[type]:
    """Yield the shapes in an annotation such as `list[Tag] | None`."""
    if _is_shape(annotation):
        yield annotation
    for part in getattr(getattr(annotation, "__value__", annotation), "__args__", ()):
        yield from _shapes_in(part)


def _is_shape(one: Any) -> bool:
    return is_typeddict(one) or (isinstance(one, type) and issubclass(one, BaseModel) and one is not BaseModel)


def _describe(schema: Json, shape: type) -> None:
    schema.pop("title", None)
    described = _descriptions(shape)
    for name, member in schema["properties"].items():
        if name in described:
            member["description"] = described[name]
        if issubclass(shape, PatchModel):
            member.pop("default", None)  # it is never read


def _descriptions(shape: type) -> dict[str, str]:
    """Return the strings below the members, by member name."""
    described: dict[str, str] = {}
    for base in get_original_bases(shape):
        if _is_shape(base):
            described |= _descriptions(base)
    definition = cast("ast.ClassDef", ast.parse(inspect.getsource(shape)).body[0])
    for pair in pairwise(definition.body):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                described[name] = words
    return described


def _renamed(schema: Any) -> Any:
    """Return the schema with its references changed to the names under which shapes are shown."""
    match schema:
        case {"$ref": str(target)}:
            return {**schema, "$ref": _reference(target.removeprefix(PREFIX))}
        case dict():
            return {name: _renamed(value) for name, value in schema.items()}
        case list():
            return [_renamed(value) for value in schema]
        case _:
            return schema


def _reference(name: str) -> str:
    return PREFIX + SHOWN_AS.get(name, name)
