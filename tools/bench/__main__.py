"""`make bench`: measure every figure of docs/benchmarks.md again; `make bench PARTS="sizes cost"` measures some of them.

A part is a module of this package: its `measure` returns figures, which are kept in docs/benchmarks/<part>.json, its
`blocks` makes of them the tables that pages show, and its `plots`, where it has any, the plots.
"""

import argparse
import subprocess
import sys

from tools.bench import page


def main() -> None:
    """Measure the parts in turn, keep their figures, and write them into the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(page.PARTS), choices=list(page.PARTS))
    first, *others = parser.parse_args().parts
    _run(first)
    for name in others:  # each in a process of its own: the functions' code remembers what it has read
        subprocess.run([sys.executable, "-m", "tools.bench", name], check=True)


def _run(name: str) -> None:
    print(f"{name} ...", flush=True)
    page.keep(name, page.part(name).measure())
    page.draw(name)
    page.write()


if __name__ == "__main__":
    main()
