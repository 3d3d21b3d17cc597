"""What the app reads and shows: shorthand, time zones, tags, long lists, hostile texts."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.screen import Person, Screen

SATURDAY = "2026-11-21"
LINES: list[tuple[str, dict[str, Any]]] = [
    ("Buy milk", {"title": "Buy milk"}),
    ("Call Ada tomorrow #work !high", {"title": "Call Ada", "due": "2026-11-22", "tags": ["work"], "priority": "high"}),
    ("#home #garden Water the plants", {"title": "Water the plants", "tags": ["home", "garden"]}),
    ("Dentist 2027-02-28", {"title": "Dentist", "due": "2027-02-28"}),
    ("Dentist 2027-02-30", {"title": "Dentist 2027-02-30"}),
    ("Pay rent on Tuesday", {"title": "Pay rent", "due": "2026-11-24"}),
    ("Clean saturday", {"title": "Clean", "due": "2026-11-28"}),
    ("Plan next week", {"title": "Plan", "due": "2026-11-23"}),
    ("Today or tomorrow", {"title": "or tomorrow", "due": SATURDAY}),
    ("Read todays paper about C#", {"title": "Read todays paper about C#"}),
    ("Shout !high!", {"title": "Shout !high!"}),
    ("Grüße an #Müller", {"title": "Grüße an", "tags": ["Müller"]}),
]


def test_shorthand_of_a_line_is_read_and_everything_else_stays_in_the_title(app: Screen) -> None:
    address = app.page.locator("script[type=module]").get_attribute("src")
    assert address is not None
    read = "async ([address, lines, today]) => { const it = await import(address); return lines.map((one) => it.parseLine(one, today)); }"
    module = app.url + address.replace("main.js", "title_line.js")
    found = app.page.evaluate(read, [module, [line for line, _ in LINES], SATURDAY])
    for (line, meant), one in zip(LINES, found, strict=True):
        del one["words"]
        assert one == {"tags": [], "priority": None, "due": None, **meant}, line


def test_times_are_those_of_the_zone_of_the_account_and_not_of_the_device(app: Screen, person: Person) -> None:
    person.client.patch(
        "/api/auth/me", json={"time_zone": "Pacific/Kiritimati"}
    ).raise_for_status()  # 14 hours ahead of UTC
    task = person.make("Call home", due_date="2031-03-01T08:00:00Z")
    app.open("/upcoming")
    expect(app.page.get_by_role("heading", name=re.compile("Saturday,? 1 March 2031"))).to_be_visible()
    expect(app.row("Call home")).to_contain_text("22:00")
    app.link("Call home").click()
    expect(app.field("Time")).to_have_value("22:00")
    app.field("Time").fill("23:30")
    app.button("Save").click()
    expect(app.row("Call home")).to_contain_text("23:30")
    assert person.client.get(f"/api/me/tasks/{task['id']}").json()["due_date"].startswith("2031-03-01T09:30")


def test_panel_with_unsaved_changes_asks_before_it_closes(app: Screen, person: Person) -> None:
    person.make("Keep me")
    app.page.reload()
    app.link("Keep me").click()
    app.page.get_by_role("dialog").get_by_label("Title").fill("Lose me")
    app.page.keyboard.press("Escape")
    app.button("Discard changes").click()
    expect(app.page.get_by_role("dialog")).to_be_hidden()
    expect(app.link("Keep me")).to_be_focused()
    assert person.tasks()[0]["title"] == "Keep me"


def test_list_longer_than_a_page_goes_on_at_its_end(app: Screen, person: Person) -> None:
    operations = [{"op": "create", "task": {"title": f"Task {number}"}} for number in range(60)]
    person.client.post("/api/me/tasks/bulk", json={"operations": operations}).raise_for_status()
    app.page.reload()
    expect(app.row("Task 59")).to_be_visible()
    assert len(app.titles()) == 50
    app.page.mouse.wheel(0, 10_000)
    expect(app.row("Task 0")).to_be_attached()
    assert app.titles() == [f"Task {number}" for number in range(59, -1, -1)]


def test_tag_is_made_given_a_colour_renamed_and_deleted(app: Screen) -> None:
    app.button("New tag").click()
    app.field("Name").fill("Garden")
    app.page.get_by_title("Green").click()
    app.button("Create tag").click()
    expect(app.heading("Garden")).to_be_visible()
    app.add("Prune the roses")
    app.button("Edit tag").click()
    app.field("Name").fill("Orchard")
    app.button("Save").click()
    expect(app.heading("Orchard")).to_be_visible()
    expect(app.row("Prune the roses")).to_contain_text("Orchard")
    app.button("Edit tag").click()
    app.button("Delete tag").click()
    app.button("Delete tag").click()
    expect(app.heading("All tasks")).to_be_visible()
    expect(app.row("Prune the roses")).not_to_contain_text("Orchard")


@pytest.mark.check("H14")
def test_texts_that_look_like_markup_are_shown_as_they_are(app: Screen, person: Person) -> None:
    hostile = "<img src=x onerror=window.hacked=1>"
    person.client.patch("/api/auth/me", json={"name": hostile}).raise_for_status()
    tag = person.client.post("/api/me/tags", json={"name": hostile}).raise_for_status().json()
    person.make(hostile, description=hostile, tag_ids=[tag["id"]])
    app.page.reload()
    expect(app.row(hostile).get_by_role("link")).to_have_text(hostile)
    app.row(hostile).get_by_role("link").click()
    expect(app.page.get_by_role("dialog").get_by_label("Description")).to_have_value(hostile)
    assert app.page.locator("img").count() == 0
    assert app.page.evaluate("window.hacked") is None
    refused = "(() => { try { document.body.innerHTML = '<b>'; return 'made' } catch (error) { return error.name } })()"
    assert app.page.evaluate(refused) == "TypeError"  # Trusted Types
    app.complaints.clear()  # which says so in the console
