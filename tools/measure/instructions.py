"""How many instructions it takes to start a function, as a multiple of a yardstick's, and what was recorded of it.

No clock repeats well enough for a test: on a busy machine times vary by half, counts of Valgrind by a thousandth. The
yardstick, a start that imports parts of the standard library, takes out how the interpreter was built.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tools.local.application import ARCHITECTURE
from tools.measure import built

RECORDED: Final = Path(__file__).parents[2] / "docs" / "benchmarks" / "instructions.json"
FUNCTIONS: Final = ("list_tasks", "create_task", "authorizer")
INTERPRETER: Final = f"{platform.python_version()} on {ARCHITECTURE}"
VALGRIND: Final = shutil.which("valgrind")
COUNTING: Final = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
# Exceptions as well: of all that a start does, they differ most from build to build.
YARDSTICK: Final = """
import argparse, asyncio, email.parser, http.client, logging.config, ssl, statistics, tarfile, unittest.mock, urllib.request

def fail(depth):
    if depth == 0:
        raise KeyError(depth)
    fail(depth - 1)

for _ in range(1000):
    try:
        fail(4)
    except KeyError:
        pass
"""


def of_yardstick() -> int:
    """Count the instructions of the yardstick."""
    return _count("-c", YARDSTICK)


def of_start(build: Path, function: str) -> int:
    """Count the instructions of a built function's start."""
    paths = [built.function_folder(build, function), *built.layer_folders(build, function)]
    return _count(str(built.START), function, *map(str, paths))


def _count(*arguments: str) -> int:
    """Count the instructions of a Python process that finds nothing but what it is told, and hashes the same each time."""
    command = [*COUNTING, sys.executable, "-P", "-s", "-S", "-B", *arguments]
    environment = {**built.ENVIRONMENT, "PYTHONHASHSEED": "0", "PATH": os.environ["PATH"]}
    return counted(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr)


def counted(said: str) -> int:
    """Return the count in what a process has printed that was started by COUNTING."""
    (count,) = re.findall(r"I +refs: +([\d,]+)", said)
    return int(count.replace(",", ""))


def recorded() -> dict[str, Any]:
    """Return what `make bench` has recorded."""
    figures: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return figures
