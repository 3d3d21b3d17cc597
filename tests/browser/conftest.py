"""One local server and one Chromium for all browser tests; each test opens the screens that it needs."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.support.screen import DEVICES, OpenScreen, Person, Screen, new_context, new_person, open_screen
from tools.local.running import CHEAP_HASHES, ROOT, Server, start

MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", MACOS)


def chromium() -> str | None:
    """Return the path of the installed browser, which CHROMIUM can name."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)


def pytest_runtest_setup() -> None:
    """Skip where there is no browser; here, and not in a fixture, so that one line says it for all tests."""
    if chromium() is None:
        pytest.skip(
            "Chromium or Chrome is not installed: apt-get install chromium (Debian), snap install chromium (Ubuntu), "
            "brew install --cask google-chrome (macOS), or name one by CHROMIUM=path"
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # as root it refuses to run in a sandbox
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=options)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    running = start(
        ROOT,
        folder / "state",
        folder / "output",
        PARAMS="RegistrationsPerAddress=1000",
        SEED="1",
        UNCHECKED_PARAMS=CHEAP_HASHES,
    )
    running.wait_until_said("Demo account:")
    yield running
    assert running.stop() == 0, running.said


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> dict[str, BrowserContext]:
    """Return one context for each device: its windows share the files that they have fetched."""
    return {device: new_context(browser, device) for device in DEVICES}


@pytest.fixture
def screen(contexts: dict[str, BrowserContext], server: Server) -> Iterator[OpenScreen]:
    """Return what opens a window: `screen()` on a desktop, `screen("phone", scheme="dark")` on a phone at night."""
    with ExitStack() as screens:
        yield lambda device="desktop", **options: screens.enter_context(
            open_screen(contexts[device], server, **options)
        )


@pytest.fixture
def person(server: Server) -> Iterator[Person]:
    """Yield a new account."""
    with new_person(server) as made:
        yield made


@pytest.fixture
def app(contexts: dict[str, BrowserContext], server: Server, person: Person) -> Iterator[Screen]:
    """Yield a desktop's window on the new account's list of all tasks, in which no other test has left anything."""
    with open_screen(contexts["desktop"], server) as opened:
        opened.log_in(person.email)
        opened.open("/all")
        expect(opened.page.get_by_text("No tasks here")).to_be_visible()
        yield opened


@pytest.fixture(scope="session")
def shots() -> Path:
    """Return the folder of the screenshots, which are kept as build output."""
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
