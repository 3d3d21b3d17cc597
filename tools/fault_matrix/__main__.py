"""Write docs/fault-matrix.md: every request of the endpoints with every fault at each of its calls."""

import argparse
import importlib
import sys

from tools.fault_matrix.matrix import Matrix, requests
from tools.fault_matrix.page import render
from tools.fault_matrix.stage import staged
from tools.in_process.embedded import ROOT, embedded_api
from tools.in_process.table import dumping

PAGE = ROOT / "docs" / "fault-matrix.md"


def main() -> None:
    """Run every request and write the page; raises SystemExit, which lists all that is wrong, if anything is."""
    parser = argparse.ArgumentParser(prog="python -m tools.fault_matrix", description=__doc__)
    parser.add_argument("--endpoints", required=True, metavar="MODULE", help="the module that has ENDPOINTS")
    endpoints = importlib.import_module(parser.parse_args().endpoints).ENDPOINTS
    with embedded_api() as api, dumping() as dump, staged(api, dump) as world:
        matrix = Matrix(world)
        results = [matrix.run(request) for request in requests(endpoints)]
    PAGE.write_text(render(results), encoding="utf-8")
    if wrong := [f"{result.request}: {one}" for result in results for one in result.wrong]:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
