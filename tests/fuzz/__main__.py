"""`python -m tests.fuzz`: what `make contract` runs. REQUESTS, SEED, PHASES and LAMBDO_URL are read from the environment."""

import json
import math
import os
import random
import sys
from pathlib import Path

from schemathesis.cli import schemathesis

from tests.chaos.run import left, unexplained
from tests.fuzz.hooks import answers
from tools.local.console import say
from tools.local.running import CHEAP_HASHES, ROOT, serving

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
PARAMETERS = " ".join(f"{name}=10000" for name in LIMITS)  # no throttle ends the run


def main() -> int:
    """Send so many requests, and judge each answer and, on a server of its own, the table; 0 when nothing is wrong."""
    requests = int(os.environ.get("REQUESTS") or 5000)
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    faults = []
    if url := os.environ.get("LAMBDO_URL"):
        failed = run(url, requests, seed)
    else:
        with serving(PARAMS=PARAMETERS, UNCHECKED_PARAMS=CHEAP_HASHES) as server:
            failed = run(server.url, requests, seed)
            faults = left(server) + unexplained(server, 0)
    for line in summary():
        say(line)
    for fault in faults:
        say(f"FAULT {fault}")
    say(f"{answers.total()} requests, SEED={seed}: {'failed' if failed or faults else 'all as openapi.json says'}.")
    return 1 if failed or faults else 0


def run(url: str, requests: int, seed: int) -> bool:
    """Let Schemathesis send requests until they are enough, or something is wrong; return whether it is."""
    paths = json.loads(DOCUMENT.read_text())["paths"]
    operations = sum(len(path) for path in paths.values())
    failed = False
    while answers.total() < requests and not failed:
        examples = math.ceil((requests - answers.total()) / operations)
        failed = schemathesis_run("--url", url, "--seed", str(seed), "--max-examples", str(examples)) != 0
        seed += 1
    return failed


def schemathesis_run(*arguments: str) -> int:
    """Run Schemathesis in this process, which so has its hooks, and return its exit code."""
    phases = ["--phases", os.environ["PHASES"]] if os.environ.get("PHASES") else []
    command = ["--config-file", str(CONFIGURATION), "run", str(DOCUMENT), *arguments, *phases]
    try:
        schemathesis.main(command, prog_name="schemathesis")
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
