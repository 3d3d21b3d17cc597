"""The whole story of the app, as a person on a desktop and one on a phone go through it."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.screen import PASSWORD, OpenScreen, Screen


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_new_person_signs_up_and_finds_tasks_added_edited_completed_deleted_and_undone(
    screen: OpenScreen, shots: Path, device: str
) -> None:
    app = screen(device)
    _sign_up(app)
    app.page.screenshot(path=shots / f"{device}-empty.png")
    _add(app)
    _edit(app)
    _complete_and_undo(app)
    _delete_and_undo(app)
    _search(app)
    _restore_from_trash(app)
    _log_out(app)


def _sign_up(app: Screen) -> None:
    app.open()
    app.link("Create an account").click()
    expect(app.heading("Create your account")).to_be_visible()
    app.field("Name").fill("Ada Lovelace")
    app.field("Email").fill("ada")
    app.field("Password").fill("short")
    app.button("Create account").click()
    expect(app.field("Email")).to_be_focused()
    expect(app.page.get_by_text("This should be an email address")).to_be_visible()
    expect(app.page.get_by_text("It should have 8 to 128 characters")).to_be_visible()
    app.field("Email").fill(f"{uuid.uuid4().hex}@example.com")
    app.field("Password").fill(PASSWORD)
    app.button("Create account").click()
    expect(app.heading("Today")).to_be_focused()
    expect(app.page.get_by_text("All clear")).to_be_visible()
    expect(app.page).to_have_title("Today · Lambdo")


def _add(app: Screen) -> None:
    app.add("Water the plants")
    app.add("Call Grace tomorrow #work !high")
    assert app.titles() == ["Water the plants"]
    expect(app.page.get_by_text("Task added to another list")).to_be_visible()
    app.go_to("work")
    expect(app.heading("work")).to_be_visible()
    expect(app.row("Call Grace")).to_contain_text("Tomorrow")
    expect(app.row("Call Grace")).to_contain_text("High")
    app.add("File the report")
    expect(app.row("File the report")).to_contain_text("work")
    assert app.titles() == ["File the report", "Call Grace"]


def _edit(app: Screen) -> None:
    app.go_to("Upcoming")
    app.link("Call Grace").click()
    panel = app.page.get_by_role("dialog")
    expect(panel.get_by_label("Title")).to_be_focused()
    panel.get_by_label("Title").fill("Call Grace Hopper")
    panel.get_by_label("Description").fill("About the compiler")
    app.button("Today").click()
    panel.get_by_label("Time").fill("23:58")
    panel.get_by_label("Find or create a tag").fill("phone")
    app.button("Add tag").click()
    expect(panel.get_by_role("checkbox", name="phone")).to_be_checked()
    panel.get_by_text("Low", exact=True).click()
    app.button("Save").click()
    expect(panel).to_be_hidden()
    expect(app.page.get_by_text("Nothing coming up")).to_be_visible()
    app.go_to("Today")
    row = app.row("Call Grace Hopper")
    for fact in ("23:58", "Low", "work", "phone", "Has a description"):
        expect(row).to_contain_text(fact)


def _complete_and_undo(app: Screen) -> None:
    box = app.page.get_by_role("checkbox", name="Complete: Water the plants")
    box.click()
    expect(app.row("Water the plants")).to_have_count(0)
    app.button("Undo").click()
    expect(app.row("Water the plants")).to_be_visible()
    expect(box).not_to_be_checked()
    box.click()
    expect(app.row("Water the plants")).to_have_count(0)


def _delete_and_undo(app: Screen) -> None:
    for undo in (True, False):
        app.link("Call Grace Hopper").click()
        app.button("Delete").click()
        expect(app.row("Call Grace Hopper")).to_have_count(0)
        if undo:
            app.button("Undo").click()
            expect(app.row("Call Grace Hopper")).to_be_visible()


def _search(app: Screen) -> None:
    app.go_to("Search")
    box = app.field("Search your tasks")
    expect(box).to_be_focused()
    box.press_sequentially("plant")
    expect(app.row("Water the plants")).to_be_visible()
    assert app.titles() == ["Water the plants"]
    expect(box).to_have_value("plant")


def _restore_from_trash(app: Screen) -> None:
    app.go_to("Trash")
    app.button("Restore: Call Grace Hopper").click()
    expect(app.page.get_by_text("The trash is empty")).to_be_visible()
    app.go_to("All tasks")
    expect(app.row("Call Grace Hopper")).to_be_visible()
    assert app.titles() == ["File the report", "Call Grace Hopper"]
    app.field("Show").select_option("All")
    expect(app.row("Water the plants")).to_be_visible()
    assert app.titles() == ["File the report", "Call Grace Hopper", "Water the plants"]


def _log_out(app: Screen) -> None:
    app.open_menu()
    app.page.get_by_role("link", name="Ada Lovelace").click()
    expect(app.field("Time zone")).to_have_value("Europe/Berlin")
    expect(app.page.get_by_text("This device")).to_be_visible()
    app.button("Log out").click()
    expect(app.heading("Log in")).to_be_visible()
    app.page.reload()
    expect(app.heading("Log in")).to_be_visible()
