"""openapi.json says what the API is: it is made of what validates requests, and of requests that were answered."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.caller import Api
from tests.contract.examples import record
from tests.documented import documented
from tests.network import Network
from tools.openapi.document import document

DOCUMENT = Path(__file__).parents[2] / "openapi.json"


@pytest.fixture
def fresh(api: Api, network: Network, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> str:
    """The document as it is made now."""
    monkeypatch.setattr(documented, "hold", lambda *_: None)  # against the one that is to be replaced
    return document(api.application, record(api, network, setting, monkeypatch))


def test_document_is_what_make_openapi_writes(fresh: str) -> None:
    if os.environ.get("OPENAPI") == "write":
        DOCUMENT.write_text(fresh, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == fresh, "Run make openapi."
