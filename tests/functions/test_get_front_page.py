"""GET /."""

import base64
import hashlib
import re
from collections.abc import Callable

import pytest

from tools.in_process.api import Api


def links(page: str) -> set[str]:
    return set(re.findall(r'<a href="([^"]+)"', page))


@pytest.mark.parametrize(
    ("app", "docs", "also"),
    [
        ("true", "true", {"/app", "/docs", "/openapi.json"}),
        ("true", "false", {"/app"}),
        ("false", "true", {"/docs", "/openapi.json"}),
        ("false", "false", set[str]()),
    ],
)
def test_page_links_what_is_served_and_nothing_else(
    api: Api, setting: Callable[..., None], app: str, docs: str, also: set[str]
) -> None:
    setting(APP=app, DOCS=docs)
    answer = api.call("GET", "/")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert links(answer.text) == {"/docs/errors", "/api/health"} | also
    assert {api.call("GET", path).status for path in links(answer.text)} == {200}


@pytest.mark.check("H10")
def test_style_of_the_page_is_allowed_by_its_hash_alone(api: Api) -> None:
    answer = api.call("GET", "/")
    (style,) = re.findall("<style>(.*)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in answer.headers["content-security-policy"]
    assert not re.findall(r"<script|\son\w+=|\sstyle=", answer.text)


def test_client_that_has_the_page_is_answered_304_until_something_is_switched_off(
    api: Api, setting: Callable[..., None]
) -> None:
    has = {"if-none-match": api.call("GET", "/").headers["etag"]}
    assert api.call("GET", "/", headers=has).status == 304
    setting(APP="false")
    assert api.call("GET", "/", headers=has).status == 200
