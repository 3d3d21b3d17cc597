"""`python -m tests.chaos`: what `make chaos` runs. THREADS, REQUESTS, ACCOUNTS and SEED are read from the environment."""

import os
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.chaos.crowd import Outcome, Plan
from tests.chaos.run import PARAMETERS, run
from tools.local.console import say
from tools.local.running import ROOT, end, start
from tools.local.signals import catch_signals

KILLS = 0.06  # workers killed for each thing that a client does


def main() -> int:
    """Run at full size, or at the size that is asked for, and print the summary; 0 when nothing was wrong."""
    plan = Plan(
        threads=variable("THREADS", 50),
        requests=variable("REQUESTS", 2000),
        accounts=variable("ACCOUNTS", 5),
        seed=variable("SEED", random.randrange(10**6)),
    )
    began, folder = time.monotonic(), Path(tempfile.mkdtemp())
    server = start(ROOT, folder / "state", folder / "output", PARAMS=PARAMETERS)

    def stop() -> None:
        end(server.process)
        shutil.rmtree(folder, ignore_errors=True)

    def interrupt(arrived: int) -> None:
        os.read(arrived, 1)
        stop()
        os._exit(130)  # at once: the clients' threads would go on trying

    threading.Thread(target=interrupt, args=[catch_signals()], daemon=True).start()
    try:
        outcome, killed = run(server, plan, KILLS)
    finally:
        stop()
    for line in summary(plan, outcome, killed):
        say(line)
    say(f"{len(outcome.faults) or 'No'} faults in {time.monotonic() - began:.0f} s.")
    return 1 if outcome.faults else 0


def variable(name: str, default: int) -> int:
    """Return a variable of the environment; an empty one counts as absent, as make passes it on."""
    return int(os.environ.get(name) or default)


def summary(plan: Plan, outcome: Outcome, killed: int) -> list[str]:
    """Return the lines that a person reads."""
    tally = outcome.tally
    lines = [
        f"Chaos: {plan.threads} threads, {plan.requests} requests, {plan.accounts} accounts, SEED={plan.seed}",
        f"  {killed} workers killed",
        *(
            f"  {count} answers lost, {how}: {tally.effective[how]} of these requests had taken effect"
            for how, count in sorted(tally.lost.items())
        ),
        *(f"  {count} requests refused for the moment: {code}" for code, count in sorted(tally.refused.items())),
    ]
    for name in sorted({name for name, _ in tally.answers}):
        statuses = sorted((status, count) for (one, status), count in tally.answers.items() if one == name)
        lines.append(f"  {name:14}" + "".join(f"{count:6} x {status}" for status, count in statuses))
    return lines + [f"FAULT {fault}" for fault in outcome.faults]


if __name__ == "__main__":
    sys.exit(main())
