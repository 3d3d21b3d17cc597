"""The pages beside the app, in a browser, which reports what breaks their policies."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.screen import OpenScreen

PAGES = {"/": "Open the app", "/docs": "Create a task", "/docs/errors": "malformed_json"}


@pytest.mark.check("H10")
@pytest.mark.parametrize(("device", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_page_keeps_its_policy_fits_the_screen_and_breaks_no_rule_of_axe(
    screen: OpenScreen, device: str, scheme: str
) -> None:
    window = screen(device, scheme=scheme)  # which at its end looks at the console
    for path, text in PAGES.items():
        window.page.goto(window.url + path)
        expect(window.page.get_by_text(text, exact=True).first).to_be_visible()
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if path != "/docs":  # Swagger UI puts buttons into buttons
            found = Axe().run(window.page, options={"resultTypes": ["violations"]}).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_type_of_a_problem_shows_its_row(screen: OpenScreen) -> None:
    window = screen("phone")
    window.page.goto(f"{window.url}/docs/errors#storage_full")
    expect(window.page.get_by_text("storage_full", exact=True)).to_be_in_viewport()
