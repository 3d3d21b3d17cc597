"""The page /docs/errors: what docs/errors.md makes, and where the `type` of every problem leads."""

import re
from collections.abc import Callable

import pytest

from lambdo.base.problems import Problem
from tools.in_process.api import Api
from tools.openapi.errors_page import PAGE, render


def test_page_is_what_the_markdown_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "make openapi writes it anew"


@pytest.mark.parametrize("docs", ["true", "false"])
@pytest.mark.parametrize("problem", Problem.__subclasses__(), ids=lambda problem: problem.code)
def test_type_of_every_problem_leads_to_its_row(
    api: Api, setting: Callable[..., None], problem: type[Problem], docs: str
) -> None:
    setting(DOCS=docs)
    any_of_it = problem.__new__(problem)
    Problem.__init__(any_of_it)  # without the arguments that some take
    path, _, fragment = any_of_it.details()["type"].partition("#")
    answer = api.call("GET", path)
    assert answer.status == 200
    assert answer.text.count(f'id="{fragment}"') == 1


def test_links_of_the_page_lead_somewhere(api: Api) -> None:
    page = PAGE.read_text(encoding="utf-8")
    links = set(re.findall(r'href="([^"{]+)', page))
    ids = set(re.findall(r'id="([^"]+)"', page))
    for link in {link for link in links if not link.startswith(("https://", "data:"))}:
        path, _, fragment = link.partition("#")
        assert fragment in ids if not path else api.call("GET", path.rstrip("?")).status == 200, link
