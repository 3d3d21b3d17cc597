"""What one schema allows and another does not. Schemas must not have references: see `breaking_changes.inlined`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

LOWER_LIMITS: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
UPPER_LIMITS: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
RULES: Final = ("pattern", "format", "multipleOf", "uniqueItems")
NAMES: Final = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}

type Schema = Mapping[str, Any]
type Compare = Callable[[Schema, Schema, str], Iterator[str]]


def narrowed(old: Schema, new: Schema, where: str) -> Iterator[str]:
    """Yield a line for each kind of request that the old schema allows and the new one does not."""
    return _alternatives(old, new, where, _narrowed)


def widened(old: Schema, new: Schema, where: str) -> Iterator[str]:
    """Yield a line for each kind of response that only the new schema allows, and for each member that it lost."""
    return _alternatives(new, old, where, lambda now, was, where: _widened(was, now, where))


def _alternatives(every: Schema, some: Schema, where: str, compare: Compare) -> Iterator[str]:
    """Compare each alternative of one schema with the best match in the other."""
    others = list(alternatives(some))
    for one in alternatives(every):
        yield from min((list(compare(one, other, where)) for other in others), key=len)


def alternatives(schema: Schema) -> Iterator[Schema]:
    """Yield a schema for each type that the schema allows."""
    rest = {name: value for name, value in schema.items() if name not in {"allOf", "anyOf", "oneOf", "discriminator"}}
    if "allOf" in schema:
        yield from alternatives(_merged(rest, *schema["allOf"]))
    elif branches := schema.get("anyOf") or schema.get("oneOf"):
        for branch in branches:
            yield from alternatives(_merged(rest, branch))
    elif isinstance(schema.get("type"), list):
        for name in schema["type"]:
            yield {**schema, "type": name}
    else:
        yield schema


def _merged(*schemas: Schema) -> Schema:
    """Return one schema that combines the rules of all."""
    whole: dict[str, Any] = {}
    members: dict[str, Any] = {}
    for schema in schemas:
        for name, member in schema.get("properties", {}).items():
            members[name] = {**members.get(name, {}), **member}
        whole |= {**schema, "required": [*whole.get("required", []), *schema.get("required", [])]}
    return {**whole, "properties": members}


def _narrowed(old: Schema, new: Schema, where: str) -> Iterator[str]:
    if not _takes(new, _type(old)):
        yield f"{where}: {_type(old) or 'anything'} is refused"
        return
    if _values(new) and (refused := [one for one in _values(old) or ["anything else"] if one not in _values(new)]):
        yield f"{where}: {', '.join(map(str, refused))} is refused"
    yield from _limits(old, new, where)
    if _type(old) == "array":
        yield from narrowed(old.get("items", {}), new.get("items", {}), f"{where}[]")
    if _type(old) == "object":
        yield from _narrowed_members(old, new, where)


def _limits(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for name in (*LOWER_LIMITS, *UPPER_LIMITS, *RULES):
        was, now = old.get(name), new.get(name)
        if now is None or was == now:
            continue
        wider = was is not None and ((name in LOWER_LIMITS and now < was) or (name in UPPER_LIMITS and now > was))
        if not wider:
            yield f"{where}: {name} is {now}, was {'not limited' if was is None else was}"


def _narrowed_members(old: Schema, new: Schema, where: str) -> Iterator[str]:
    members, now = old.get("properties", {}), new.get("properties", {})
    for name in new.get("required", []):
        if name not in old.get("required", []):
            yield f"{where}.{name}: is required"
    for name, schema in members.items():
        if name in now:
            yield from narrowed(schema, now[name], f"{where}.{name}")
        elif new.get("additionalProperties") is False:
            yield f"{where}.{name}: is refused"
    if old.get("additionalProperties", True) is not False and new.get("additionalProperties") is False:
        yield f"{where}: unknown members are refused"


def _widened(old: Schema, new: Schema, where: str) -> Iterator[str]:
    if not _takes(old, _type(new)):
        yield f"{where}: can be {_type(new) or 'anything'}"
        return
    if _values(old) and (further := [one for one in _values(new) or ["anything else"] if one not in _values(old)]):
        yield f"{where}: can be {', '.join(map(str, further))}"
    for name in ("pattern", "format"):
        if name in old and old[name] != new.get(name):
            yield f"{where}: {name} is {new.get(name)}, was {old[name]}"
    if _type(old) == "array":
        yield from widened(old.get("items", {}), new.get("items", {}), f"{where}[]")
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where}.{name}: was removed"
        else:
            if name in old.get("required", []) and name not in new.get("required", []):
                yield f"{where}.{name}: may be missing"
            yield from widened(schema, new["properties"][name], f"{where}.{name}")


def _takes(schema: Schema, name: str) -> bool:
    """Return whether values of this type are valid for the schema's type."""
    return _type(schema) in {"", name} or (_type(schema), name) == ("number", "integer")


def _type(schema: Schema) -> str:
    """Return the type, or that of the values if only an enumeration or a constant is given; empty if any is allowed."""
    return schema.get("type") or next((NAMES[type(one)] for one in _values(schema)), "")


def _values(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else schema.get("enum", [])
