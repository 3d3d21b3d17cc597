"""GET /openapi.json."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.support.frame import assert_problem
from tools.in_process.api import Api

DOCUMENT = Path(__file__).parents[2] / "openapi.json"


def test_document_is_that_of_the_repository(api: Api) -> None:
    answer = api.call("GET", "/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.json == json.loads(DOCUMENT.read_text(encoding="utf-8"))


def test_document_that_is_switched_off_is_404(api: Api, setting: Callable[..., None]) -> None:
    setting(DOCS="false")
    assert_problem(api.call("GET", "/openapi.json"), 404, "page_not_found")
