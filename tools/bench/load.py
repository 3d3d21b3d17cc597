"""Part `load`: how fast `make dev` on this machine answers 1, 8 and 32 clients at once, each answer checked."""

import random
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles
from typing import Final

import httpx

from tools.bench.page import Figures, table

CLIENTS: Final = (1, 8, 32)
REPEATS: Final = 3
USERS: Final = 32  # in turns: the embedded back end takes longer the more one user has
ROUNDS: Final = 10  # of creating a task, listing and getting it, for each user
PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - of accounts that live for a minute


def measure() -> Figures:
    """Run each number of clients several times, in random order, after one run that starts the workers."""
    from tools.local.running import serving  # noqa: PLC0415 - what only measuring needs

    found: dict[int, list[tuple[float, list[float]]]] = {clients: [] for clients in CLIENTS}
    with serving("PasswordCost=4 RegistrationsPerAddress=10000") as server:
        _run(server.url, max(CLIENTS))
        for _ in range(REPEATS):
            for clients in random.sample(CLIENTS, len(CLIENTS)):
                found[clients].append(_run(server.url, clients))
    return {"requests": REPEATS * USERS * ROUNDS * 3, "clients": {str(c): _summary(runs) for c, runs in found.items()}}


def _summary(runs: list[tuple[float, list[float]]]) -> Figures:
    times = [one for _, times in runs for one in times]
    return {
        "per_second": round(median(len(times) / seconds for seconds, times in runs), 1),
        "p50_ms": round(median(times), 1),
        "p99_ms": round(quantiles(times, n=100)[98], 1),
    }


def _run(url: str, clients: int) -> tuple[float, list[float]]:
    """Let so many clients at once work for all users; return how long that took, and each request in milliseconds."""
    with ThreadPoolExecutor(clients) as pool, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        users = [_sign_up(client) for _ in range(USERS)]
        started = time.perf_counter()
        times = [one for its in pool.map(lambda token: _work(url, token), users) for one in its]
        return time.perf_counter() - started, times


def _sign_up(client: httpx.Client) -> str:
    body = {"email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD}
    client.post("/api/auth/register", json=body).raise_for_status()
    token: str = client.post("/api/auth/login", json=body).raise_for_status().json()["access_token"]
    return token


def _work(url: str, token: str) -> list[float]:
    """Work for a user; return each request in milliseconds. Raises RuntimeError for any answer but the right one."""
    times: list[float] = []
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{url}/api/me", headers=headers, timeout=60, trust_env=False) as client:

        def send(status: int, method: str, path: str, body: object = None) -> Figures:
            started = time.perf_counter()
            answer = client.request(method, path, json=body)
            times.append((time.perf_counter() - started) * 1000)
            if answer.status_code != status:
                raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
            found: Figures = answer.json()
            return found

        for number in range(ROUNDS):
            task = send(201, "POST", "/tasks", {"title": f"Task {number}", "description": "x" * 300})
            if send(200, "GET", "/tasks")["items"][0] != task or send(200, "GET", f"/tasks/{task['id']}") != task:
                raise RuntimeError("a task is not shown as it was created")
    return times


def blocks(figures: Figures) -> Mapping[str, str]:
    """Return the table of clients."""
    rows = [
        [clients, f"{one['per_second']:.0f}", f"{one['p50_ms']:.0f} ms", f"{one['p99_ms']:.0f} ms"]
        for clients, one in figures["clients"].items()
    ]
    return {"load": table(["clients at once", "requests a second", "median", "99 of 100 within"], rows)}
