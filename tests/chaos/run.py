"""A run against the local server, whose workers are killed meanwhile, and the verdict on what it left."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from boto3.dynamodb.conditions import Attr

from lambdo.table import keys
from tests.chaos.crowd import Outcome, Plan, work
from tests.chaos.killer import Killer
from tests.chaos.sending import CRASH
from tools.local.running import Server, until
from tools.operate.fsck import fsck

PARAMETERS = "RegistrationsPerAddress=1000"  # of the server


def run(server: Server, plan: Plan, kills: float) -> tuple[Outcome, int]:
    """Work on a server with an empty table, killing so many workers for each thing that a client does.

    Returns
    -------
    tuple[Outcome, int]
        What came of it, and how many workers were killed.
    """
    killer = Killer(server, f"{plan.seed} killer")
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=plan.threads)
    with httpx.Client(base_url=server.url, limits=limits, trust_env=False) as http:
        outcome = work(http, plan, partial(killer.tempt, kills))
    outcome.faults.extend(left(server) + unexplained(server, outcome.tally.lost[CRASH]))
    return outcome, killer.killed


def left(server: Server) -> list[str]:
    """Return what the table holds and should not, when the function on its stream has had time."""
    target = server.open_table()
    being_deleted = Attr("sk").begins_with(keys.TAGS) & Attr("deleted_at").exists()

    def going() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = target.table.scan(FilterExpression=being_deleted)["Items"]
        return found

    until(lambda: not going())
    unfinished = [f"{item['sk']}: its deletion was not finished" for item in going()]
    return unfinished + [f"fsck: {violation}" for violation in fsck(target, rate=1e6)]


def unexplained(server: Server, lost: int) -> list[str]:
    """Return the errors that no kill explains."""
    exits = re.findall(r"Runtime exited with status (\S+)|Task (timed out)", server.said)
    found = [f"a worker ended with {status}" for status in map("".join, exits) if status not in {"-9", "timed out"}]
    if lost > len(exits):
        found.append("the gateway answered more errors than workers ended")
    for log in (Path(server.facts["state"]) / "logs").glob("*.log"):
        found += [f"{log.stem}: {line}" for line in log.read_text().splitlines() if "unhandled exception" in line]
    return found
