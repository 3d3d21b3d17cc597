"""The app without a pointer, and the shorthand of the line in which tasks are added."""

from playwright.sync_api import expect

from tests.support.screen import Person, Screen


def test_person_without_a_pointer_adds_moves_completes_edits_deletes_and_undoes(app: Screen, person: Person) -> None:
    press = app.page.keyboard.press
    app.go_to("Today")
    expect(app.heading("Today")).to_be_focused()
    for title in ("One", "Two", "Three"):
        press("n")
        expect(app.page.locator("#quick-add")).to_be_focused()
        app.add(title)
        press("Escape")
    press("g")
    press("a")
    expect(app.heading("All tasks")).to_be_focused()
    for title in ("One", "Two", "Three"):  # the answer to the last may come before the list
        expect(app.link(title)).to_be_visible()
    press("j")
    expect(app.link("Three")).to_be_focused()
    press("ArrowDown")
    press("j")
    press("k")
    expect(app.link("Two")).to_be_focused()

    press("Space")
    expect(app.row("Two")).to_have_count(0)
    expect(app.link("One")).to_be_focused()
    press("z")
    expect(app.row("Two")).to_be_visible()

    press("Delete")
    expect(app.row("One")).to_have_count(0)
    expect(app.link("Two")).to_be_focused()
    press("z")
    expect(app.row("One")).to_be_visible()

    press("Enter")
    expect(app.field("Title")).to_be_focused()
    app.page.keyboard.type(" of three")
    press("Control+Enter")
    expect(app.link("Two of three")).to_be_focused()
    press("/")
    expect(app.field("Search your tasks")).to_be_focused()
    app.page.keyboard.type("three")
    expect(app.row("One")).to_have_count(0)
    press("Escape")
    press("?")
    expect(app.heading("Keyboard shortcuts")).to_be_visible()
    press("Escape")
    expect(app.heading("Keyboard shortcuts")).to_be_hidden()


def test_skip_link_leads_past_the_navigation(app: Screen) -> None:
    app.link("Skip to main content").focus()
    app.page.keyboard.press("Enter")
    expect(app.page.locator("#main")).to_be_focused()
