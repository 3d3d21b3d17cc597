"""axe-core's rules on every view of the demo account, by day and by night; what they look like is kept as screenshots."""

from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.screen import OpenScreen, Screen
from tools.local.seed import EMAIL, PASSWORD

ENTRY = {"desktop": ["sign-up", "forgot-password", "log-in"], "phone": ["log-in"]}
VIEWS = {
    "desktop": {
        "today": "Send the Q3 invoice to Larkspur Ltd",
        "upcoming": "Renew the domain name",
        "all": "Read the paper on adaptive retries",
        "search?q=the": "Renew the domain name",
        "trash": "The trash is empty",
        "account": "This device",
    },
    "phone": {
        "today": "Send the Q3 invoice to Larkspur Ltd",
        "upcoming": "Renew the domain name",
        "account": "This device",
    },
}


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_every_view_breaks_no_rule_of_axe(screen: OpenScreen, shots: Path, device: str) -> None:
    app = screen(device)
    for page in ENTRY[device]:
        app.open(f"/{page}")
        expect(app.page.locator("form")).to_be_visible()
        _check(app, shots / f"{device}-{page}")
    app.log_in(EMAIL, PASSWORD)
    for view, text in VIEWS[device].items():
        app.open(f"/{view}")
        expect(app.page.get_by_text(text).first).to_be_visible()
        _check(app, shots / f"{device}-{view.partition('?')[0]}")
    app.open("/today")
    app.link("Send the Q3 invoice to Larkspur Ltd").click()
    _check(app, shots / f"{device}-panel")
    app.page.keyboard.press("Escape")
    if device == "desktop":
        app.button("Keyboard shortcuts").click()
    app.open_menu()
    _check(app, shots / f"{device}-{'keyboard' if device == 'desktop' else 'menu'}")


# What a finger must hit, but titles, whose whole row does, and controls whose label does.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea")]
  .filter((one) => one.checkVisibility() && !one.matches(".skip, .task-title, label > input"))
  .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 44 || box.height < 44))
  .map(([html]) => html)"""


def _check(app: Screen, shot: Path) -> None:
    """Hold the page to all rules by day, and by night to the one on contrast, whose colours are those of a phone too."""
    assert app.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), shot.name
    if shot.name.startswith("phone"):
        assert app.page.evaluate(SMALL_TARGETS) == [], shot.name
    settled = "Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))).then(() => null)"
    schemes: list[tuple[Literal["dark", "light"], dict[str, Any]]] = [
        ("dark", {"runOnly": ["color-contrast"]}),
        ("light", {}),
    ]
    for scheme, options in schemes:
        app.page.emulate_media(color_scheme=scheme)
        app.page.evaluate(settled)
        app.page.screenshot(path=f"{shot}-{scheme}.png")
        if scheme == "light" or shot.name.startswith("desktop"):
            assert not _violations(app.page, options), shot.name


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{one['id']}: {node['html'][:120]} {node['failureSummary']}" for one in found for node in one["nodes"]]
