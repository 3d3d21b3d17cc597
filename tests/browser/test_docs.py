"""The API's documentation in a browser: log in there, and try a request."""

from pathlib import Path

from playwright.sync_api import expect

from tests.support.screen import PASSWORD, OpenScreen, Person


def test_reader_of_the_docs_authorizes_creates_a_task_and_sees_201(
    screen: OpenScreen, person: Person, shots: Path
) -> None:
    docs = screen()
    page = docs.page
    page.goto(f"{docs.url}/docs")
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.locator("#oauth_username").fill(person.email)
    page.locator("#oauth_password").fill(PASSWORD)
    page.locator(".modal-ux").get_by_role("button", name="Apply given OAuth2 credentials").click()
    expect(page.get_by_role("button", name="Remove authorization")).to_be_visible()
    page.locator(".modal-ux .btn-done").click()

    operation = page.locator("[id$=-create_task]")
    operation.locator(".opblock-summary-control").click()
    operation.locator("tr[data-param-name=user_id] input").fill("me")
    operation.locator(".body-param__text").fill('{"title": "Written in the docs", "priority": "high"}')
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_have_text("201")
    expect(answer).to_contain_text("Written in the docs")
    answer.scroll_into_view_if_needed()
    page.screenshot(path=shots / "docs.png")
    assert [task["title"] for task in person.tasks()] == ["Written in the docs"]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0, "no token outlives the page"
