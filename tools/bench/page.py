"""The pages that show figures, and the figures that they show: tables stand between `<!-- figures: name -->` and `<!-- end -->`."""

import importlib
import json
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

type Figures = dict[str, Any]

ROOT: Final = Path(__file__).parent.parent.parent
FOLDER: Final = ROOT / "docs" / "benchmarks"
PAGES: Final = [ROOT / "README.md", ROOT / "docs" / "benchmarks.md", *sorted(FOLDER.glob("*.md"))]
# In the order in which they run: the last ones read the figures of those before.
PARTS: Final[tuple[str, ...]] = (
    "sizes",
    "instructions",
    "processes",
    "operations",
    "cost",
    "log_in",
    "scale",
)
BLOCK: Final = re.compile(r"(?<=<!-- figures: )(\S+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)


class Part(Protocol):
    """What the module of a part has; `plots(figures)`, which writes SVG into FOLDER, besides if it draws any."""

    def measure(self) -> Figures:
        """Measure, and return what is to be kept as JSON."""

    def blocks(self, figures: Figures) -> Mapping[str, str]:
        """Return Markdown by the names of the blocks that show it."""


def part(name: str) -> Part:
    """Return a part's module."""
    module: Part = importlib.import_module(f"tools.bench.{name}")
    return module


def keep(name: str, figures: Figures) -> None:
    """Keep the figures of a part, with the date and what they were measured on."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    name_of_it = processor[1].strip() if processor else platform.machine()
    machine = f"{os.cpu_count()} processors ({name_of_it}), {platform.system()}, Python {platform.python_version()}"
    figures = {"date": datetime.now(UTC).date().isoformat(), "machine": machine, **figures}
    (FOLDER / f"{name}.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def kept(name: str) -> Figures:
    """Return the figures that were kept of a part."""
    figures: Figures = json.loads((FOLDER / f"{name}.json").read_text())
    return figures


def draw(name: str) -> None:
    """Draw a part's plots."""
    if plots := getattr(part(name), "plots", None):
        plots(kept(name))


def blocks() -> dict[str, str]:
    """Return all blocks, made of what was kept."""
    return {block: text for name in PARTS for block, text in part(name).blocks(kept(name)).items()}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def filled(page: str, made: Mapping[str, str]) -> str:
    """Return the page with its blocks as they are made now; raises KeyError for a block that no part makes."""
    return BLOCK.sub(lambda match: f"{match[1]}{match[2]}{made[match[1]].strip()}\n", page)


def write() -> None:
    """Write the figures into the pages."""
    made = blocks()
    for path in PAGES:
        path.write_text(filled(path.read_text(), made))
