"""Measure whether the time of a refused log-in tells who has an account: `python -m tools.bench.log_in_timing URL`.

Registers one account at a running API, then sends log-ins with unknown addresses and with that account's address and wrong
passwords, in turns, each pair in random order, and prints the medians as a Markdown table for docs/benchmarks.md. The limits on
failed log-ins must be out of the way: docs/benchmarks.md says how to start the API so.
"""

import argparse
import random
import time
import uuid
from statistics import median, quantiles
from typing import Final

import httpx

KINDS: Final = ("unknown address", "wrong password")


def main() -> None:
    """Register, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="the running API")
    parser.add_argument("--pairs", type=int, default=200, help="how many log-ins of each kind")
    options = parser.parse_args()
    with httpx.Client(base_url=options.url, timeout=60) as client:
        email = _address()
        body = {"email": email, "password": "the right password"}
        client.post("/api/auth/register", json=body).raise_for_status()
        client.post("/api/auth/login", json=body).raise_for_status()  # nothing cold is measured
        times: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for _ in range(options.pairs):
            for kind in random.sample(KINDS, 2):
                times[kind].append(_refused(client, email if kind == "wrong password" else _address()))
    _print(times)


def _address() -> str:
    return f"{uuid.uuid4().hex}@example.com"


def _refused(client: httpx.Client, email: str) -> float:
    """Return how long the API takes to refuse a log-in, in milliseconds."""
    started = time.perf_counter()
    answer = client.post("/api/auth/login", json={"email": email, "password": uuid.uuid4().hex})
    spent = (time.perf_counter() - started) * 1000
    if answer.status_code != 401:
        raise SystemExit(f"{answer.status_code} {answer.text}")
    return spent


def _print(times: dict[str, list[float]]) -> None:
    print("| log-in with | of | median | quarter below | quarter above |\n|---|---|---|---|---|")
    for kind, spent in times.items():
        low, middle, high = quantiles(spent, n=4)
        print(f"| {kind} | {len(spent)} | {middle:.1f} ms | {low:.1f} ms | {high:.1f} ms |")
    unknown, wrong = (median(times[kind]) for kind in KINDS)
    print(f"\nThe medians differ by {abs(unknown - wrong) / max(unknown, wrong):.1%}.")


if __name__ == "__main__":
    main()
