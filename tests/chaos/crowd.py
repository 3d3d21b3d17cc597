"""Many clients at work at once on a few accounts, and the verdict on what they were answered."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import httpx

from tests.chaos.account import Account
from tests.chaos.client import Client
from tests.chaos.judge import judge, send_again
from tests.chaos.sending import FaultError, Sender, Tally


@dataclass(frozen=True)
class Plan:
    """How much there is to do, and the seed of all that is chosen; how it coincides is left to chance."""

    threads: int
    requests: int
    accounts: int
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What the clients have seen, and what was wrong."""

    tally: Tally = field(default_factory=Tally)
    faults: list[str] = field(default_factory=list)


def work(http: httpx.Client, plan: Plan, between: Callable[[], None]) -> Outcome:
    """Let the clients work, then judge; `between` is called between any two things that a client does."""
    outcome = Outcome()
    accounts = [Account(f"{plan.seed}-{number}@example.com") for number in range(plan.accounts)]
    clients = [
        Client(accounts[number % plan.accounts], Sender(http, f"c{number}", f"{plan.seed} {number}", outcome.tally))
        for number in range(plan.threads)
    ]
    owners = clients[: plan.accounts]

    def act(client: Client) -> None:
        for _ in range(plan.requests // plan.threads):
            client.act()
            between()

    def each(step: Callable[[Client], Iterable[str] | None], those: list[Client]) -> None:
        for found in threads.map(partial(_caught, step), those):
            outcome.faults.extend(found)

    with ThreadPoolExecutor(plan.threads) as threads:
        each(Client.settle, owners)
        each(Client.log_in, clients[plan.accounts :])
        if not outcome.faults:
            each(act, clients)
            for client in clients:
                client.sender.tally = Tally()  # what follows is no part of the work
            each(send_again, clients)
            each(judge, owners)
    return outcome


def _caught(step: Callable[[Client], Iterable[str] | None], client: Client) -> list[str]:
    """Return the faults that a step finds, also the one that ends it."""
    found: list[str] = []
    try:
        found.extend(step(client) or ())
    except FaultError as fault:
        found.append(f"{client.sender.name}: {fault}")
    return found
