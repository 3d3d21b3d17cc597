"""A browser window on the app: what a person does there, and what must hold in every one."""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Route, expect

from tools.local.running import PATIENCE, Server

PASSWORD = "correct horse battery staple 9"
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
}
REFUSAL = "Failed to load resource:"  # Chromium's line for each 4xx and each broken connection, expected or not

type OpenScreen = Callable[..., Screen]

expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Screen:
    """A page of a browser that has its own cookies."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.url}/app{path}")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name, exact=True)

    def row(self, title: str) -> Locator:
        return self.page.locator("#main .task").filter(has=self.page.get_by_text(title, exact=True))

    def titles(self) -> list[str]:
        return self.page.locator("#main .task:not(.leaving) .task-title").all_inner_texts()

    def go_to(self, list_name: str) -> None:
        """Follow the link of a list: in the bottom bar if it is there, else in the drawer or the sidebar."""
        tab = self.page.locator("#tabs").get_by_role("link", name=list_name, exact=True)
        if tab.is_visible():
            tab.click()
        else:
            self.open_menu()
            self.page.locator("#sidebar").get_by_role("link", name=list_name, exact=True).click()

    def open_menu(self) -> None:
        """Open the drawer, where there is one."""
        if self.button("Menu").is_visible():
            self.button("Menu").click()

    def log_in(self, email: str, password: str = PASSWORD) -> None:
        self.open()
        self.field("Email").fill(email)
        self.field("Password").fill(password)
        self.button("Log in").click()
        expect(self.heading("Today").first).to_be_visible()

    def add(self, line: str) -> None:
        """Type a line into "Add a task", and wait until it has been taken."""
        self.page.locator("#quick-add").fill(line)
        with self.page.expect_response(
            lambda answer: answer.request.method == "POST" and answer.url.endswith("/tasks")
        ):
            self.page.keyboard.press("Enter")

    def listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSAL):
            self.complaints.append(message.text)


def new_context(browser: Browser, device: str) -> BrowserContext:
    """Return what keeps cookies and files for the windows of a device."""
    # Without transitions, for which nobody has to wait here.
    options = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce", **DEVICES[device]}
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    return context


@contextlib.contextmanager
def open_screen(
    context: BrowserContext, server: Server, scheme: Literal["light", "dark"] = "light"
) -> Iterator[Screen]:
    """Open a window that remembers nobody, and hold the app to it that the console stays empty and no policy is violated."""
    context.clear_cookies()
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    screen = Screen(page, server.url)
    watch_page(page, screen)
    context.on("page", lambda other: watch_page(other, screen))
    yield screen
    page.evaluate("localStorage.clear()")
    for one in context.pages:
        one.close()
    assert not screen.complaints


def watch_page(page: Page, screen: Screen) -> None:
    page.on("console", screen.listen)
    page.on("pageerror", lambda error: screen.complaints.append(str(error)))


@dataclass(frozen=True)
class Person:
    """An account, as another of its devices sees it: over HTTP."""

    email: str
    client: httpx.Client

    def make(self, title: str, **fields: Any) -> dict[str, Any]:
        answer = self.client.post("/api/me/tasks", json={"title": title, **fields})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def tasks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/api/me/tasks?limit=100").raise_for_status().json()["items"]
        return found


@contextlib.contextmanager
def new_person(server: Server) -> Iterator[Person]:
    """Yield a new account."""
    email = f"{uuid.uuid4().hex}@example.com"
    with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as client:
        client.post(
            "/api/auth/register", json={"email": email, "password": PASSWORD, "name": "Ada Lovelace"}
        ).raise_for_status()
        login = client.post("/api/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status().json()
        client.headers["authorization"] = f"Bearer {login['access_token']}"
        yield Person(email, client)


def lose_answer(route: Route) -> None:
    """Let the request have its effect, and break the connection before the answer."""
    route.fetch()
    route.abort("connectionreset")
