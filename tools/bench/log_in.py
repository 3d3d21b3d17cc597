"""Part `log_in`: whether the time of a refused log-in tells who has an account.

Log-ins with unknown addresses and with a known address and wrong passwords, in turns, each pair in random order, at `make dev`
with the template's own cost of a hash.
"""

import random
import time
import uuid
from collections.abc import Mapping
from statistics import quantiles
from typing import Final

import httpx

from tools.bench.page import Figures, table

KINDS: Final = ("unknown address", "wrong password")
PAIRS: Final = 200


def measure() -> Figures:
    """Register one account, and let log-ins be refused."""
    from tools.local.running import serving  # noqa: PLC0415 - what only measuring needs

    limits = "LogInFailuresPerAccount=10000 LogInFailuresPerAddress=10000"
    with serving(PARAMS=limits) as server, httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        email = _address()
        body = {"email": email, "password": "the right password"}
        client.post("/api/auth/register", json=body).raise_for_status()
        client.post("/api/auth/login", json=body).raise_for_status()  # nothing cold is measured
        times: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for _ in range(PAIRS):
            for kind in random.sample(KINDS, 2):
                times[kind].append(_refused(client, email if kind == "wrong password" else _address()))
    return {"pairs": PAIRS, "quartiles_ms": {kind: [round(one, 1) for one in quantiles(times[kind])] for kind in KINDS}}


def _address() -> str:
    return f"{uuid.uuid4().hex}@example.com"


def _refused(client: httpx.Client, email: str) -> float:
    """Return how long the API takes to refuse a log-in, in milliseconds."""
    started = time.perf_counter()
    answer = client.post("/api/auth/login", json={"email": email, "password": uuid.uuid4().hex})
    spent = (time.perf_counter() - started) * 1000
    if answer.status_code != 401:
        raise RuntimeError(f"{answer.status_code} {answer.text}")
    return spent


def blocks(figures: Figures) -> Mapping[str, str]:
    """Return the table of the two kinds, and by how much their medians differ."""
    quartiles = figures["quartiles_ms"]
    rows = [
        [kind, f"{figures['pairs']}", f"{middle:.1f} ms", f"{low:.1f} ms", f"{high:.1f} ms"]
        for kind, (low, middle, high) in quartiles.items()
    ]
    unknown, wrong = (quartiles[kind][1] for kind in KINDS)
    found = f"The medians differ by {abs(unknown - wrong) / max(unknown, wrong):.1%}."
    return {
        "log-in": table(["log-in with", "of", "median", "quarter below", "quarter above"], rows) + f"\n\n{found}",
    }
