"""GET /docs, GET /docs/{file}."""

import re
from collections.abc import Callable

import pytest

from functions.get_docs.app import VERSION
from tests.support.frame import assert_problem
from tools.in_process.api import Api

FOREVER, REVALIDATED = "public, max-age=31536000, immutable", "no-cache"


def named(page: str) -> list[str]:
    """Return the files that a page names, each with its query."""
    return re.findall(r'(?:src|href)="/docs/([^"]+\.[^"]+)"', page)


@pytest.mark.parametrize("path", ["/docs", "/docs/errors"])
def test_page_is_answered_and_each_file_that_it_names_may_be_kept_forever(api: Api, path: str) -> None:
    page = api.call("GET", path)
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == REVALIDATED
    assert named(page.text)
    for file, query in (link.split("?") for link in named(page.text)):
        answer = api.call("GET", f"/docs/{file}", query=query)
        assert (answer.status, answer.headers["cache-control"]) == (200, FOREVER), file


@pytest.mark.parametrize("query", ["", "0123456789ab", f"{VERSION}&more"])
def test_file_that_is_not_asked_for_by_its_version_is_asked_for_anew_each_time(api: Api, query: str) -> None:
    assert api.call("GET", "/docs/init.js", query=query).headers["cache-control"] == REVALIDATED


@pytest.mark.check("H10")
@pytest.mark.parametrize("path", ["/docs", "/docs/errors"])
def test_page_has_no_script_and_no_style_within(api: Api, path: str) -> None:
    page = api.call("GET", path)
    assert "'unsafe" not in page.headers["content-security-policy"]
    assert not re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", page.text)


def test_swagger_ui_is_there_packed_to_a_third(api: Api) -> None:
    for file, says in [("swagger-ui-bundle.min.js", "SwaggerUIBundle"), ("swagger-ui.min.css", ".swagger-ui")]:
        whole = api.call("GET", f"/docs/{file}")
        packed = api.call("GET", f"/docs/{file}", headers={"accept-encoding": "gzip"})
        assert says in whole.text
        assert whole.text == packed.text
        assert len(packed.content) * 3 < len(whole.content)


def test_page_shows_the_document_of_this_deployment_and_keeps_no_token(api: Api) -> None:
    script = api.call("GET", "/docs/init.js").text
    assert 'url: "/openapi.json"' in script
    assert "persistAuthorization: false" in script
    assert "validatorUrl: null" in script  # which else sends the document to a stranger


@pytest.mark.check("H13")
@pytest.mark.parametrize(
    "file", ["missing.js", "index.html", "errors.html", "app.py", "..%2Fapp.py", "%2e%2e%2fapp.py", "..", "init.js%00"]
)
def test_any_other_file_is_404(api: Api, file: str) -> None:
    assert_problem(api.call("GET", f"/docs/{file}"), 404, "page_not_found")


def test_of_docs_that_are_switched_off_the_errors_stay_and_link_nothing_that_is_gone(
    api: Api, setting: Callable[..., None]
) -> None:
    setting(DOCS="false")
    for file in ["", "/init.js", "/swagger-ui.min.css", "/swagger-ui-bundle.min.js"]:
        assert_problem(api.call("GET", f"/docs{file}"), 404, "page_not_found")
    page = api.call("GET", "/docs/errors").text
    assert named(page) == [f"page.css?{VERSION}"]
    assert api.call("GET", "/docs/page.css").status == 200
    assert set(re.findall(r'href="(/[^"?]*)"', page)) == {"/"}
