"""Requests that are sent at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tools.in_process.api import Answer


def at_once(count: int, send: Callable[[int], Answer]) -> list[Answer]:
    """Send as many requests, all starting together, and return their answers."""
    gun = threading.Barrier(count)

    def run(number: int) -> Answer:
        gun.wait()
        return send(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
