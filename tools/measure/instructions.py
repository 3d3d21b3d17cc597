"""The number of instructions that a function's start takes, as a multiple of a yardstick's, and the recorded figures.

Times are too variable for a test: on a busy machine they vary by half, Valgrind's counts only by a thousandth. The
yardstick, a start that imports parts of the standard library, makes the figures independent of the interpreter's build.
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
# It also raises exceptions: of everything in a start, their cost differs most between builds.
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
    """Count the instructions of an isolated Python process, whose hashes are the same each time."""
    command = [*COUNTING, sys.executable, "-P", "-s", "-S", "-B", *arguments]
    environment = {**built.ENVIRONMENT, "PYTHONHASHSEED": "0", "PATH": os.environ["PATH"]}
    return counted(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr)


def counted(said: str) -> int:
    """Return the count from the output of a process that was started with COUNTING."""
    (count,) = re.findall(r"I +refs: +([\d,]+)", said)
    return int(count.replace(",", ""))


def recorded() -> dict[str, Any]:
    """Return the figures that `make bench` has recorded."""
    figures: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return figures
