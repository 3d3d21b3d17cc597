"""Kills workers of the local server at random, as Lambda's execution environments may die at any moment."""

import contextlib
import os
import random
import signal
import threading
from pathlib import Path

from tools.local.running import Server, children


class Killer:
    """Counts those that it killed."""

    def __init__(self, server: Server, seed: str) -> None:
        self.killed = 0
        self._server = server
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def tempt(self, share: float) -> None:
        """With this probability, kill one of the workers that have begun to serve, at work or idle."""
        with self._lock:
            if self._random.random() >= share:
                return
            workers = [pid for pid in children(self._server.facts["pid"]) if pid != self._server.facts["ministack_pid"]]
            self._random.shuffle(workers)
            victims = sorted(filter(has_connected, workers), key=is_idle)
            victim = next(iter(victims), None)
            if victim is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    self.killed += 1


def has_connected(pid: int) -> bool:
    """Tell whether a process lives and has opened a connection, which a worker does with its first call to AWS."""
    with contextlib.suppress(OSError):
        return any(one.readlink().name.startswith("socket:") for one in Path(f"/proc/{pid}/fd").iterdir())
    return False


def is_idle(pid: int) -> bool:
    """Tell whether a process neither runs nor wants to."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "R"
    return True
