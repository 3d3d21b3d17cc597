"""Links between the documentation's pages lead to files and headings that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
BLOCK = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`[^`\n]*`")


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def targets(page: Path) -> set[str]:
    """Return the links of a page to files of this repository."""
    found = {first or second for first, second in LINK.findall(INLINE.sub("", prose(page)))}
    return {link for link in found if not link.startswith(("https://", "http://"))}


def anchors(page: Path) -> set[str]:
    """Return the ids that GitHub gives the headings of a page, and those that the page sets."""
    text = prose(page)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings(page: Path) -> None:
    broken = []
    for link in targets(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert sorted(broken) == []


def test_front_page_links_to_every_page_of_the_documentation() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in targets(ROOT / "README.md")}
    pages = {*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "operations").glob("*.md"), *ROOT.glob("*.md")}
    assert pages - linked == {ROOT / "README.md"}


def test_front_page_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 900
