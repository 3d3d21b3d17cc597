"""openapi.json says what the API is: it is made of what validates requests, and of requests that were answered."""

import json

import pytest

from tests.endpoints import ENDPOINTS
from tests.support.documented import STALE
from tools.in_process.api import Api
from tools.local.application import Application
from tools.openapi.document import document
from tools.openapi.recording import record
from tools.openapi.staleness import DOCUMENT, is_stale


def test_document_is_what_make_openapi_writes(api: Api) -> None:
    if is_stale(api.application):
        pytest.fail(STALE, pytrace=False)
    if DOCUMENT.read_text(encoding="utf-8") != document(api.application, record(api, ENDPOINTS)):
        pytest.fail(STALE, pytrace=False)


def test_every_route_is_documented_with_its_method_path_and_security(application: Application) -> None:
    if is_stale(application):
        pytest.skip(STALE)
    routes = {
        (route.method, route.path.replace("+}", "}"), route.authorizer is not None) for route in application.routes
    }
    operations = {
        (method.upper(), path, bool(operation["security"]) and {} not in operation["security"])
        for path, methods in json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"].items()
        for method, operation in methods.items()
    }
    assert operations == routes
    assert len(operations) == len(application.routes)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    operations = [
        operation
        for methods in json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"].values()
        for operation in methods.values()
    ]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"][0].isupper() and operation["tags"] for operation in operations)
