"""From bytes to a request model, and from pydantic's errors to ours. It imports pydantic: for functions that write."""

from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from lambdo.base.problems import InvalidFields, MalformedJson


def parse_json[Model: BaseModel](model: type[Model], body: bytes) -> Model:
    """Return the body as the model.

    Raises
    ------
    MalformedJson
        If it is not JSON text in UTF-8; NaN, lone surrogates and too deep nesting are refused as well.
    InvalidFields
        If a field is missing, unknown or breaks a rule.
    """
    try:
        fields = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedJson from error
    return parse_fields(model, fields)


def parse_fields[Model: BaseModel](model: type[Model], fields: Any) -> Model:  # noqa: ANN401 - whatever JSON holds
    """Return fields that were already parsed (from JSON or a form) as the model; raises InvalidFields."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise invalid_fields(error) from error


def invalid_fields(error: ValidationError) -> InvalidFields:
    """Return the problem for the client: field, rule and a stable type, never the value that was sent."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return InvalidFields(errors=[{"loc": ["body", *e["loc"]], "msg": e["msg"], "type": e["type"]} for e in details])
