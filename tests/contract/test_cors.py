"""Which pages may call the API: the origins that template.yaml is given, by the local gateway's reading of its rules."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from tools.local.gateway import Gateway
from tools.local.template import read_template

ALLOWED = "https://app.example.com"
TASK = "/api/me/tasks/01a1fd29-7777-7777-8777-777777777777"


@pytest.fixture(scope="module")
def client() -> Client:
    """The gateway of a deployment for one origin; none of these requests reaches a function."""

    def invoke(*_: Any) -> Any:
        raise AssertionError("a preflight, or a request without a token, invokes nothing")

    application = read_template(Path(__file__).parents[2] / "template.yaml", {"AllowedOrigins": ALLOWED}, {})
    return Client(Gateway(application, invoke, lambda _: None), use_cookies=False)


def preflight(client: Client, origin: str, method: str) -> dict[str, str]:
    """Return the CORS headers of the answer to a preflight."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,if-match",
    }
    answer = client.options(TASK, headers=asked)
    return {name.lower(): value for name, value in answer.headers if name.lower().startswith("access-control-")}


@pytest.mark.check("H09")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_preflight_of_an_allowed_origin_is_answered_with_what_the_page_may_do(client: Client, method: str) -> None:
    allowed = preflight(client, ALLOWED, method)
    assert allowed["access-control-allow-origin"] == ALLOWED
    assert method in allowed["access-control-allow-methods"].split(",")
    assert {"authorization", "content-type", "if-match"} <= set(
        allowed["access-control-allow-headers"].lower().split(",")
    )
    assert "access-control-allow-credentials" not in allowed


@pytest.mark.check("H09")
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "https://app.example.com.evil.example", "https://evil-app.example.com", "http://app.example.com",
        "https://app.example.com:8443", "https://sub.app.example.com", "null", "*", "",
    ],
)  # fmt: skip
def test_any_other_origin_gets_no_cors_header(client: Client, origin: str) -> None:
    assert preflight(client, origin, "GET") == {}
    answer = client.get(TASK, headers={"Origin": origin})
    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers
