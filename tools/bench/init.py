"""Measure what a cold start costs: `uv run python -m tools.bench.init` after `make build`.

One run starts every function with and without its .pyc, in random order, so that the ratios hold on a noisy machine;
the times themselves do not carry over to another one. The floor is a handler that imports nothing.
"""

import argparse
import random
import shutil
import statistics
import tempfile
from pathlib import Path

from tools.bench.built import THIRD_PARTIES, function_folder, layer_folders, start

ROOT = Path(__file__).parent.parent.parent
FUNCTIONS = ["-", "authorizer", "list_tasks", "create_task"]


def main() -> None:
    """Print a table of CPU time, ratios and modules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / ".aws-sam" / "build", help="what sam build made")
    parser.add_argument("--starts", type=int, default=15, help="starts of each function and variant")
    parser.add_argument(
        "functions", nargs="*", default=FUNCTIONS, help="folders under functions/; - is an empty handler"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "build"
        shutil.copytree(options.build, bare, ignore=shutil.ignore_patterns("__pycache__"))
        _measure({"with .pyc": options.build, "without": bare}, options.functions, options.starts)


def _measure(builds: dict[str, Path], functions: list[str], starts: int) -> None:
    cases = [(function, variant) for function in functions for variant in builds]
    times: dict[tuple[str, str], list[float]] = {case: [] for case in cases}
    modules: dict[str, list[str]] = {}
    for _ in range(starts + 1):  # the first round only fills the file cache
        for function, variant in random.sample(cases, len(cases)):
            build = builds[variant]
            result = start(function, [function_folder(build, function), *layer_folders(build, function)])
            times[function, variant].append(result["cpu_ms"])
            modules[function] = result["modules"]
    medians = {case: statistics.median(values[1:]) for case, values in times.items()}
    floor = medians.get(("-", "with .pyc"), 0.0)
    print(f"CPU time to start, median of {starts}, in ms (floor: an empty handler)\n")
    print(f"{'function':<18}{'with .pyc':>10}{'x floor':>9}{'without':>10}{'ratio':>7}  modules")
    for function in functions:
        with_pyc, without = medians[function, "with .pyc"], medians[function, "without"]
        name, ratio = "empty handler" if function == "-" else function, without / with_pyc
        times_floor = f"{with_pyc / floor:.1f}" if floor else ""
        print(
            f"{name:<18}{with_pyc:>10.0f}{times_floor:>9}{without:>10.0f}{ratio:>7.1f}  {_summary(modules[function])}"
        )


def _summary(modules: list[str]) -> str:
    """Return how many modules there are, and how many of each third party."""
    counts = {party: sum(name.split(".")[0] == party for name in modules) for party in THIRD_PARTIES}
    listed = ", ".join(f"{party} {count}" for party, count in counts.items() if count)
    return f"{len(modules)}: {listed}" if listed else str(len(modules))


if __name__ == "__main__":
    main()
