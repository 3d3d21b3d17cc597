"""`python -m tests.fuzz`: what `make contract` runs. REQUESTS, SEED, PHASES and LAMBDO_URL are read from the environment."""

import contextlib
import json
import math
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from schemathesis.cli import schemathesis

from tests.chaos.run import left, unexplained
from tests.e2e.running import ROOT, Server, end, start
from tests.fuzz.hooks import answers
from tools.local.console import say

DOCUMENT = ROOT / "openapi.json"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
LIMITS = (
    "LogInFailuresPerAccount",
    "LogInFailuresPerAddress",
    "MailsPerAccount",
    "MailsPerAddress",
    "PasswordChecksPerAccount",
    "RegistrationsPerAddress",
)
# No throttle ends the run, and hashes are cheap.
PARAMETERS = " ".join(["PasswordCost=4", *(f"{name}=10000" for name in LIMITS)])


def main() -> int:
    """Send so many requests, and judge each answer and, on a server of its own, the table; 0 when nothing is wrong."""
    requests = int(os.environ.get("REQUESTS") or 5000)
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    faults = []
    if url := os.environ.get("LAMBDO_URL"):
        code = run(url, requests, seed)
    else:
        with serving() as server:
            code = run(server.url, requests, seed)
            faults = left(server) + unexplained(server, 0)
    for line in summary():
        say(line)
    if answers.total() < requests:
        faults.append(f"fewer than {requests} requests were sent")
    for fault in faults:
        say(f"FAULT {fault}")
    say(f"{answers.total()} requests, SEED={seed}: {'failed' if code or faults else 'all as openapi.json says'}.")
    return 1 if code or faults else 0


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Yield a server with an empty table, which is stopped and forgotten in the end."""
    folder = Path(tempfile.mkdtemp())
    server = start(ROOT, folder / "state", folder / "output", PARAMS=PARAMETERS)
    try:
        yield server
    finally:
        end(server.process)
        shutil.rmtree(folder, ignore_errors=True)


def run(url: str, requests: int, seed: int) -> int:
    """Let Schemathesis make as many examples of each operation as are enough in all; return its exit code."""
    paths = json.loads(DOCUMENT.read_text())["paths"]
    examples = math.ceil(requests / sum(len(operations) for operations in paths.values()))
    arguments = ["--config-file", str(CONFIGURATION), "run", str(DOCUMENT), "--url", url, "--seed", str(seed)]
    arguments += ["--max-examples", str(examples)]
    if phases := os.environ.get("PHASES"):
        arguments += ["--phases", phases]
    try:
        schemathesis.main(arguments, prog_name="schemathesis")
    except SystemExit as done:
        return int(done.code or 0)


def summary() -> list[str]:
    """Return a line for each operation: how often it answered what."""
    counts: dict[str, str] = {}
    for (operation, status), count in sorted(answers.items()):
        counts[operation] = f"{counts.get(operation, '')}{count:6} x {status}"
    return [f"  {operation:50}{line}" for operation, line in counts.items()]


if __name__ == "__main__":
    sys.exit(main())
