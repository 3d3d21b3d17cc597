"""Part `instructions`: how many instructions it takes to start a function, as a multiple of a yardstick's."""

from collections.abc import Mapping
from typing import Final

from tools.bench import page
from tools.measure.instructions import FUNCTIONS, INTERPRETER, VALGRIND, of_start, of_yardstick

BUILD: Final = page.ROOT / ".aws-sam" / "build"


def measure() -> page.Figures:
    """Return what each start takes; what was kept where Valgrind is not installed."""
    if not VALGRIND:
        return page.kept("instructions")
    yardstick = of_yardstick()
    counts = {function: of_start(BUILD, function) for function in FUNCTIONS}
    ratios = {function: round(count / yardstick, 3) for function, count in counts.items()}
    return {"interpreter": INTERPRETER, "yardstick": yardstick, "counts": counts, "ratios": ratios}


def blocks(figures: page.Figures) -> Mapping[str, str]:
    """Return the table of starts."""
    rows = [
        ["the yardstick", _millions(figures["yardstick"]), "1"],
        *([name, _millions(count), f"{figures['ratios'][name]:.2f}"] for name, count in figures["counts"].items()),
    ]
    return {"instructions": page.table(["start of", "instructions", "× yardstick"], rows)}


def _millions(count: int) -> str:
    return f"{count / 1e6:,.0f} million"
