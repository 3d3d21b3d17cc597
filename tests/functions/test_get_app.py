"""GET /app, GET /app/{path+}."""

import re
from collections.abc import Callable

import pytest

from functions.get_app.app import FILES, SOURCES, VERSION
from tests.support.frame import assert_problem
from tools.in_process.api import Api

FOREVER, REVALIDATED = "public, max-age=31536000, immutable", "no-cache"


@pytest.mark.parametrize("path", ["/app", "/app/today", "/app/reset-password", "/app/tags/9b2d8f34"])
def test_page_is_answered_at_each_of_its_addresses_and_asked_for_anew_each_time(api: Api, path: str) -> None:
    answer = api.call("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == REVALIDATED
    assert answer.text == api.call("GET", "/app").text
    assert "require-trusted-types-for 'script'" in answer.headers["content-security-policy"]


def test_every_file_that_the_page_names_is_there_and_may_be_kept_forever(api: Api) -> None:
    page = api.call("GET", "/app").text
    assert "{version}" not in page
    named = re.findall(r'(?:src|href)="(/app/[^"]+\.[^"]+)"', page)
    assert named
    for path in named:
        answer = api.call("GET", path)
        assert (answer.status, answer.headers["cache-control"]) == (200, FOREVER), path


@pytest.mark.parametrize("name", sorted(FILES))
def test_file_is_answered_as_what_it_is(api: Api, name: str) -> None:
    answer = api.call("GET", f"/app/{VERSION}/{name}")
    assert (answer.status, answer.content) == (200, FILES[name].content)
    assert answer.headers["content-type"] == FILES[name].media_type


@pytest.mark.check("H13")
@pytest.mark.parametrize(
    "path",
    [
        "missing.js",
        f"{VERSION}/missing.js",
        f"{VERSION}/index.html",
        "index.html",
        "main.js",  # without a version, under which alone it may be kept
        "0123456789ab/main.js",
        f"{VERSION}/../app.py",
        f"{VERSION}/..%2Fapp.py",
        f"{VERSION}/%2e%2e/app.py",
        "../app.py",
        "..%2f..%2fget_app%2Fapp.py",
        f"{VERSION}//etc/passwd.js",
        f"{VERSION}/main.js%00",
        f"{VERSION}/.",
    ],
)
def test_anything_else_with_a_dot_is_404(api: Api, path: str) -> None:
    assert_problem(api.call("GET", f"/app/{path}"), 404, "page_not_found")


@pytest.mark.parametrize("path", ["/app", "/app/today", f"/app/{VERSION}/main.js"])
def test_app_that_is_switched_off_is_404(api: Api, setting: Callable[..., None], path: str) -> None:
    setting(APP="false")
    assert_problem(api.call("GET", path), 404, "page_not_found")


def test_script_and_style_are_one_file_each_with_nothing_left_to_fetch(api: Api) -> None:
    for name, left in [("main.js", r"^(import|export)\b"), ("main.css", "@import")]:
        text = api.call("GET", f"/app/{VERSION}/{name}").text
        assert not re.findall(left, text, re.MULTILINE)
        assert len(text) > len(SOURCES[name].content)
    page = api.call("GET", "/app").text
    assert len(re.findall(r"<script|<link rel=\"stylesheet\"", page)) == 3  # with theme.js, which must come first
