"""The account in the app: its mails, its sessions, its password and its end; and who is refused."""

import re

from playwright.sync_api import expect

from tests.support.screen import PASSWORD, OpenScreen, Person, Screen
from tools.local.running import Server

NEW_PASSWORD = "another horse battery staple 9"


def test_account_is_confirmed_reset_by_mail_changed_logged_out_elsewhere_and_deleted(
    screen: OpenScreen, person: Person, server: Server
) -> None:
    app, phone = screen(), screen("phone")
    app.log_in(person.email)
    _confirm_address(phone, _token(server, person, "verify-email"))
    assert person.client.get("/api/auth/me").json()["email_verified"]
    _reset_password(phone, person, server)
    _find_all_tabs_logged_out(app)
    app.log_in(person.email, NEW_PASSWORD)
    phone.log_in(person.email, NEW_PASSWORD)
    _change_profile(app)
    _log_out_elsewhere(app, phone)
    _change_password(app)
    _choose_dark(app)
    _delete(app)


def _token(server: Server, person: Person, page: str) -> str:
    """Return the token of the person's last mail, which the server prints."""
    server.wait_until_said(f"/{page}#token=", times=1)
    found = re.findall(rf"MAIL    {person.email}.*?/{page}#token=([\w-]+)", server.said, re.DOTALL)
    assert found, server.said
    return str(found[-1])


def _confirm_address(app: Screen, token: str) -> None:
    app.open(f"/verify-email#token={token}")
    expect(app.heading("Email confirmed")).to_be_visible()
    assert app.page.url == f"{app.url}/app/verify-email"  # the token is in no history


def _reset_password(app: Screen, person: Person, server: Server) -> None:
    app.open("/log-in")
    app.link("Forgot your password?").click()
    app.field("Email").fill(person.email)
    app.button("Send reset link").click()
    expect(app.page.get_by_text("sent it a reset link")).to_be_visible()
    server.wait_until_said(f"MAIL    {person.email}", times=2)
    token = _token(server, person, "reset-password")
    _choose_password(app, token)
    expect(app.heading("Password changed")).to_be_visible()
    app.link("Log in").click()
    expect(app.heading("Log in")).to_be_visible()
    _choose_password(app, token)
    expect(app.page.get_by_role("alert")).to_contain_text("This link has expired or was already used.")
    expect(app.link("Send a new link")).to_be_visible()


def _choose_password(app: Screen, token: str) -> None:
    app.open(f"/reset-password#token={token}")
    app.field("New password").fill(NEW_PASSWORD)
    app.button("Change password").click()


def _find_all_tabs_logged_out(app: Screen) -> None:
    """The session has ended: the tab that finds out tells the others."""
    other = app.page.context.new_page()
    other.goto(f"{app.url}/app/all")
    expect(other.get_by_role("heading", name="Log in")).to_be_visible()
    expect(app.heading("Log in")).to_be_visible()
    other.close()


def _change_profile(app: Screen) -> None:
    app.page.get_by_role("link", name="Ada Lovelace").click()
    app.field("Name").fill("Countess")
    app.field("Time zone").select_option("Asia/Tokyo")
    app.button("Save").click()
    expect(app.page.get_by_role("link", name="Countess")).to_be_visible()
    app.page.reload()
    expect(app.field("Name")).to_have_value("Countess")
    expect(app.field("Time zone")).to_have_value("Asia/Tokyo")


def _log_out_elsewhere(app: Screen, phone: Screen) -> None:
    sessions = app.page.locator(".sessions li")
    expect(sessions).to_have_count(2)
    app.button("Log out all other devices").click()
    expect(sessions).to_have_count(1)
    phone.page.reload()
    expect(phone.heading("Log in")).to_be_visible()


def _change_password(app: Screen) -> None:
    app.field("Current password").fill("not it, not it")
    app.field("New password").fill(PASSWORD)
    app.button("Change password").click()
    expect(app.page.get_by_role("alert").filter(has_text="password")).to_be_visible()
    app.field("Current password").fill(NEW_PASSWORD)
    app.button("Change password").click()
    expect(app.page.get_by_text("Password changed")).to_be_visible()


def _choose_dark(app: Screen) -> None:
    app.page.get_by_text("Dark", exact=True).click()
    app.page.reload()
    expect(app.page.locator("html")).to_have_css("color-scheme", "dark")


def _delete(app: Screen) -> None:
    app.button("Delete account…").click()
    app.field("Your password").fill(PASSWORD)
    app.button("Delete my account").click()
    expect(app.heading("Log in")).to_be_visible()


def test_refusals_of_the_log_in_are_said_in_words(screen: OpenScreen) -> None:
    app = screen()
    app.open()
    app.field("Email").fill("nobody@example.com")
    app.field("Password").fill("not the password")
    app.button("Log in").click()
    expect(app.page.get_by_role("alert")).to_have_text("Incorrect email or password.")
    busy = {"status": 429, "headers": {"Retry-After": "720"}, "json": {"code": "too_many_requests", "detail": "Wait."}}
    app.page.route("**/api/auth/login", lambda route: route.fulfill(**busy))
    app.button("Log in").click()
    expect(app.page.get_by_role("alert")).to_contain_text("Too many attempts. Try again in 12 minutes, at ")
