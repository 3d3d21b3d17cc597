"""openapi.json is a valid document, and so are the examples in it."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.support.template import ROOT
from tools.openapi.breaking_changes import inlined

DOCUMENT = json.loads((ROOT / "openapi.json").read_text())


def examples(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield each example with where it stands and the schema beside it; in a schema, with the schema itself."""
    if isinstance(node, list):
        for index, one in enumerate(node):
            yield from examples(one, f"{where}/{index}")
    elif isinstance(node, dict):
        given, schema = node.get("examples", {}), node.get("schema", node)
        for index, one in given.items() if isinstance(given, dict) else enumerate(given):
            yield f"{where}/examples/{index}", schema, one["value"] if isinstance(given, dict) else one
        if "example" in node:
            yield f"{where}/example", schema, node["example"]
        for name, value in node.items():
            if name not in {"example", "examples"}:
                yield from examples(value, f"{where}/{name}")


def test_document_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_operation_asks_for_credentials_that_are_described() -> None:
    operations = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]
    asked = {scheme for operation in operations for alternative in operation["security"] for scheme in alternative}
    assert asked == DOCUMENT["components"]["securitySchemes"].keys()


def test_every_example_is_valid_by_its_schema() -> None:
    found = list(examples(inlined(DOCUMENT, DOCUMENT), "#"))
    assert found
    wrong = [where for where, schema, example in found if not is_valid(schema, example)]
    assert wrong == []


def is_valid(schema: dict[str, Any], example: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(example)
