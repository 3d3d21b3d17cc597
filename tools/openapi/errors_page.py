"""docs/errors.md as the page /docs/errors, to which the `type` of every problem links."""

import re
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = ROOT / "docs" / "errors.md"
FRAME: Final = Path(__file__).with_suffix(".html")
PAGE: Final = ROOT / "functions" / "get_docs" / "static" / "errors.html"


def render() -> str:
    """Return the page."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = parser.parse(SOURCE.read_text(encoding="utf-8"))
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _slug(tokens[at + 1].content))
        token.children = _of_this_page(token.children or [])
    text: str = parser.renderer.render(tokens, parser.options, {})
    return FRAME.read_text(encoding="utf-8").replace("{text}", text)


def _slug(heading: str) -> str:
    """Return the id that GitHub gives a heading, so that links to it work there and here."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _of_this_page(tokens: list[Token]) -> list[Token]:
    """Replace links to other files of the repository by their text: no deployment serves these files."""
    kept, elsewhere = [], False
    for token in tokens:
        if token.type == "link_open":
            elsewhere = not str(token.attrGet("href")).startswith(("#", "https://"))
        if not (elsewhere and token.type in {"link_open", "link_close"}):
            kept.append(token)
    return kept
