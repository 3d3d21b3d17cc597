"""No test depends on the time of day, on the machine's speed, or on how the tests were started."""

import ast
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.in_process.steady import SWEEPS

ROOT = Path(__file__).parents[2]
READS = {
    "time": ("time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime", "sleep"),
    "datetime": ("now", "utcnow", "today"),
    "date": ("today",),
}
CLOCKS = {f"{owner}.{name}{unit}" for owner, names in READS.items() for name in names for unit in ("", "_ns")}
# The only modules of the tests that look at a clock, and why.
ALLOWED = {
    "tests/chaos/__main__.py": "says how long the run took",
    "tests/chaos/client.py": "notes the order of requests and responses, which the judge needs",
    "tests/support/ministack_pair.py": "gives MiniStack its clock, and ends the thread that looks at it",
    "tests/e2e/test_durability.py": "kills a start at any moment, and judges nothing by it",
    "tests/chaos/sending.py": "notes the same, waits before it sends again, and bounds a hang",
}
BOUND = 30  # seconds: what ends sooner may end a test on a busy machine


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the name and the syntax tree of each module in the folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def looks(tree: ast.Module) -> list[str]:
    """Return what reads a clock or sleeps, whatever the modules and names are called here."""
    names = {"time": "time", "datetime": "datetime", "date": "date"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            for one in node.names:
                names[one.asname or one.name] = f"time.{one.name}" if module == "time" else one.name
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)]
    return [f"{node.lineno}: {name}" for node in uses if (name := _name(node, names)) in CLOCKS]


def _name(node: ast.Name | ast.Attribute, names: dict[str, str]) -> str:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            return names.get(name, name)
        case (
            ast.Attribute(value=ast.Attribute(attr=owner), attr=name)
            | ast.Attribute(value=ast.Name(id=owner), attr=name)
        ):
            return f"{names.get(owner, owner)}.{name}"
    return ""


def test_only_the_named_modules_of_the_tests_look_at_a_clock_or_sleep() -> None:
    found = {name: read for name, tree in modules("tests") if (read := looks(tree))}
    assert {name: read for name, read in found.items() if name not in ALLOWED} == {}
    assert found.keys() == ALLOWED.keys()


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.time()",
        "import time as clock\nclock.monotonic_ns()",
        "from time import perf_counter as now\nnow()",
        "from time import sleep\nsleep(1)",
        "import time\nread = time.time",
        "import datetime\ndatetime.datetime.now(datetime.UTC)",
        "from datetime import datetime as moment\nmoment.now()",
        "from datetime import date\ndate.today()",
    ],
)
def test_look_at_a_clock_is_found_under_any_name(source: str) -> None:
    assert len(looks(ast.parse(source))) == 1


def test_no_call_of_a_test_times_out_before_a_busy_machine_is_done() -> None:
    short = [
        f"{name}:{node.lineno}"
        for name, tree in modules("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "timeout"
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, int | float)
        if node.value.value < BOUND and name not in {"tests/contract/test_template.py", "tests/unit/test_local_pool.py"}
    ]
    assert short == []


def test_every_sweep_that_stops_after_some_seconds_goes_on_to_its_end_in_tests() -> None:
    sweeping = {
        name.removeprefix("layers/common/").removesuffix(".py").replace("/", ".")
        for name, tree in modules("layers/common/lambdo", "functions")
        if any(look.endswith("time.monotonic") for look in looks(tree))
    }
    assert {name.rpartition(".")[0] for name in SWEEPS} == sweeping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_signal_ends_a_child(number: signal.Signals) -> None:
    child = subprocess.run(["sh", "-c", f"kill -{number} $$; sleep 1000"], check=False)
    assert child.returncode == -number


def test_signals_end_children_of_tests_that_were_started_to_ignore_them() -> None:
    tests = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        __file__,
        "-k",
        "test_signal_ends_a_child",
    ]
    command = ["sh", "-c", 'trap "" INT HUP; exec "$@"', "sh", *tests]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "2 passed" in ran.stdout
