"""`python -m tests.fuzz`: what `make contract` runs. REQUESTS, SEED and LAMBDO_URL are read from the environment."""

import os
import random
import sys
from pathlib import Path

from schemathesis.cli import schemathesis

from tests.chaos.run import left, unexplained
from tests.fuzz.budget import MARGIN, clock
from tests.fuzz.hooks import answers
from tools.local.console import complain, say
from tools.local.running import CHEAP_HASHES, ROOT, serving
from tools.local.signals import interrupt_once

DOCUMENT = ROOT / "openapi.json"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
LEAST = 100  # requests
ALL_LIMITS = 5000  # requests that leave room for all
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
    """Send at most so many requests, and judge each answer and, on a server of its own, the table; 0 when nothing is wrong."""
    requests = int(os.environ.get("REQUESTS") or 10_000)
    if requests < LEAST:
        complain(f"make contract: REQUESTS={requests} is too few; the least is {LEAST}.")
        return 1
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
    verdict = "failed" if failed or faults else "all as openapi.json says"
    say(f"{clock.sent} requests, {answers.total()} of them generated, SEED={seed}: {verdict}.")
    return 1 if failed or faults else 0


def run(url: str, requests: int, seed: int) -> bool:
    """Let Schemathesis send at most so many requests; return whether something is wrong, which ends it.

    First what the document enumerates, its examples and its limits: all of it, or as much as half of the requests. The
    rest are random.
    """
    options = ["--url", url, "--seed", str(seed)]
    limit = [] if requests >= ALL_LIMITS else ["--max-time", str(requests // 2)]
    if schemathesis_run(*options, "--phases", "examples,coverage", *limit) != 0:
        return True
    rest = requests - clock.sent - MARGIN
    return schemathesis_run(*options, "--phases", "fuzzing,stateful", "--max-time", str(rest)) != 0


def schemathesis_run(*arguments: str) -> int:
    """Run Schemathesis in this process, which so has its hooks, and return its exit code."""
    command = ["--config-file", str(CONFIGURATION), "run", str(DOCUMENT), *arguments]
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
    interrupt_once()
    sys.exit(main())
