"""What the app makes of tokens that expire, answers that get lost, other devices and refusals."""

from typing import Any

from playwright.sync_api import Route, expect

from tests.support.screen import Person, Screen, lose_answer

TASKS = "**/api/me/tasks"
COMPLETE = "**/complete"
REFRESH = "**/api/auth/refresh"
INVALID_TOKEN = {"status": 401, "json": {"code": "invalid_token", "detail": "The access token is expired."}}


def test_access_token_that_expires_in_two_tabs_is_renewed_silently(app: Screen, person: Person) -> None:
    person.make("Still here")
    other = app.page.context.new_page()
    other.goto(f"{app.url}/app/today")
    app.go_to("Today")
    for page in (app.page, other):
        expect(page.get_by_text("All clear")).to_be_visible()
        page.route(f"{TASKS}?*", lambda route: route.fulfill(**INVALID_TOKEN), times=1)
    with app.page.expect_request(REFRESH), other.expect_request(REFRESH):
        for page in (app.page, other):
            page.locator("#sidebar").get_by_role("link", name="All tasks").click()
    for page in (app.page, other):
        expect(page.get_by_text("Still here")).to_be_visible()
    other.close()


def test_task_whose_answer_is_lost_is_sent_again_and_created_once(app: Screen, person: Person) -> None:
    app.page.reload()
    app.page.route(TASKS, lose_answer, times=1)
    app.page.locator("#quick-add").fill("Just once")
    app.page.keyboard.press("Enter")
    expect(app.page.get_by_text("Retrying")).to_be_visible()
    expect(app.row("Just once")).to_be_visible()
    expect(app.page.get_by_text("Retrying")).to_be_hidden()
    assert [task["title"] for task in person.tasks()] == ["Just once"]


def test_change_that_no_attempt_brings_through_is_taken_back_and_tried_again_with_the_same_key(
    app: Screen, person: Person
) -> None:
    person.make("Water the plants")
    app.page.clock.install()
    app.page.reload()
    keys = []

    def refuse(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.abort("connectionrefused")

    app.page.route(COMPLETE, refuse)
    box = app.page.get_by_role("checkbox")
    box.check()
    message = app.page.get_by_text("Can't reach Lambdo. Check your connection")
    while not message.is_visible():
        app.page.clock.run_for(1000)
    expect(box).not_to_be_checked()
    app.page.unroute(COMPLETE)
    with app.page.expect_request(COMPLETE) as sent:
        app.page.locator("#toasts").get_by_role("button", name="Try again").click()
    assert {*keys, sent.value.headers["idempotency-key"]} == {keys[0]}
    assert len(keys) == 4
    sent.value.response()
    assert person.tasks()[0]["completed"]


def test_task_that_was_changed_elsewhere_shows_both_changes_before_one_is_saved(app: Screen, person: Person) -> None:
    task = person.make("Draft the letter")
    app.page.reload()
    app.link("Draft the letter").click()
    panel = app.page.get_by_role("dialog")
    panel.get_by_label("Title").fill("Write the letter")
    changes: dict[str, Any] = {"title": "Print the letter", "description": "Two copies"}
    person.client.patch(f"/api/me/tasks/{task['id']}", json=changes).raise_for_status()
    app.button("Save").click()
    expect(panel.get_by_text("This task was changed elsewhere")).to_be_visible()
    expect(panel.get_by_text("Title was changed to: Print the letter")).to_be_visible()
    expect(panel.get_by_label("Title")).to_have_value("Write the letter")
    expect(panel.get_by_label("Description")).to_have_value("Two copies")
    app.button("Save").click()
    expect(panel).to_be_hidden()
    saved = person.tasks()[0]
    assert (saved["title"], saved["description"], saved["version"]) == ("Write the letter", "Two copies", 3)
