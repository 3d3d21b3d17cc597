"""The pages show the figures that were measured, and all of them."""

import re
from pathlib import Path

import pytest

from tools.bench import page


@pytest.mark.parametrize("path", page.PAGES, ids=lambda path: path.name)
def test_page_shows_the_figures_that_were_kept(path: Path) -> None:
    assert page.filled(path.read_text(), page.blocks()) == path.read_text(), "run make bench"


def test_every_block_is_shown_once() -> None:
    shown = [name for path in page.PAGES for name in re.findall(r"<!-- figures: (\S+) -->", path.read_text())]
    assert sorted(shown) == sorted(page.blocks())


def test_block_is_replaced_and_the_text_around_it_kept() -> None:
    text = "before\n<!-- figures: a -->\nold\n<!-- end -->\nbetween\n<!-- figures: b -->\n<!-- end -->\nafter\n"
    assert page.filled(text, {"a": "new\n", "b": "two\nlines"}) == (
        "before\n<!-- figures: a -->\nnew\n<!-- end -->\nbetween\n<!-- figures: b -->\ntwo\nlines\n<!-- end -->\nafter\n"
    )


def test_every_plot_is_shown() -> None:
    shown = {name for path in page.PAGES for name in re.findall(r"\(([^)]*\.svg)\)", path.read_text())}
    assert {plot.name for plot in page.FOLDER.glob("*.svg")} <= {Path(name).name for name in shown}
