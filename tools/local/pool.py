"""Warm workers: each serves one request at a time; concurrent requests start more, and an edit starts fresh ones."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.local.application import Function

WORKER = Path(__file__).with_name("worker.py")
LIMIT = 8  # workers per function, 65 MB each; a further request waits for one, where Lambda would start another
IDLE_SECONDS = 600.0  # for a function's last worker
SPARE_SECONDS = 60.0  # for the others
START_SECONDS = 60.0
EXIT_SECONDS = 10.0  # from the end of a worker's pipe to its own


@dataclass(frozen=True)
class Result:
    """One invocation: the handler's JSON text or Lambda's error object, what it printed, and whether it was cold."""

    payload: str | None
    error: dict[str, Any] | None
    lines: list[str]
    cold: bool


@dataclass
class Worker:
    """A process and the ends of its pipes: events go in, answers and what it prints come out."""

    process: subprocess.Popen[bytes]
    events: int
    answers: int
    output: int
    version: object
    used: float = field(default_factory=time.monotonic)


class Pool:
    """The workers of one function."""

    def __init__(self, function: Function, environment: dict[str, str]) -> None:
        self.function = function
        self._environment = environment
        self._idle: list[Worker] = []
        self._all: set[int] = set()
        self._busy = 0
        self._closed = False
        self._changed = threading.Condition()

    def invoke(self, event: dict[str, Any], trace_id: str) -> Result:
        """Run one event in a worker of the source as it is now, killing the worker if it crashes or runs too long."""
        version = read_version(self.function)
        worker = self._take(version)
        printed = bytearray()
        alive, cold = False, worker is None
        try:
            if worker is None:
                worker = start(self.function, self._environment, version)
                ready = time.time() + START_SECONDS
                hello = receive(worker, ready, printed)
                if hello is None or "error" in hello:
                    error = hello["error"] if hello else describe_crash(worker, START_SECONDS, ready)
                    return Result(None, error, decode_lines(printed), cold)
            deadline = time.time() + self.function.timeout
            invocation = {
                "event": event,
                "request_id": str(uuid.uuid4()),
                "trace_id": trace_id,
                "arn": self.function.arn,
                "deadline": deadline,
            }
            with contextlib.suppress(BrokenPipeError):
                write(worker.events, json.dumps(invocation).encode() + b"\n")
            answer = receive(worker, deadline, printed)
            alive = answer is not None
            if answer is None:
                answer = {"error": describe_crash(worker, self.function.timeout, deadline)}
            return Result(answer.get("payload"), answer.get("error"), decode_lines(printed), cold)
        finally:
            self._release(worker, alive)

    def close(self) -> None:
        """Kill every idle worker now and each busy one when its request ends."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            self._changed.notify_all()
        for worker in idle:
            discard(worker)

    def reap(self, now: float) -> None:
        """Kill workers that have been idle for long."""
        with self._changed:
            patience = [SPARE_SECONDS] * (len(self._idle) - 1) + [IDLE_SECONDS]  # the latest used stands last
            old = [worker for worker, limit in zip(self._idle, patience, strict=False) if now - worker.used > limit]
            self._idle = [worker for worker in self._idle if worker not in old]
        for worker in old:
            discard(worker)

    def _take(self, version: object) -> Worker | None:
        """Return an idle worker of this version, or None for leave to start one; wait while the limit is reached."""
        with self._changed:
            stale = [worker for worker in self._idle if worker.version != version or worker.process.poll() is not None]
            self._idle = [worker for worker in self._idle if worker not in stale]
            for worker in stale:
                discard(worker)
            self._changed.wait_for(lambda: self._busy < LIMIT)
            self._busy += 1
            return self._idle.pop() if self._idle and self._idle[-1].version == version else None

    def _release(self, worker: Worker | None, alive: bool) -> None:
        with self._changed:
            self._busy -= 1
            keep = worker is not None and alive and not self._closed
            if worker is not None and keep:
                worker.used = time.monotonic()
                self._idle.append(worker)
            self._changed.notify()
        if worker is not None and not keep:
            discard(worker)


def read_version(function: Function) -> tuple[tuple[str, int, int], ...]:
    """Return the name, time and size of every source file of the function: the value changes when the source does."""
    found: list[tuple[str, int, int]] = []
    folders = list(function.sources)
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError:
            continue
        for entry in entries:
            if entry.name == "__pycache__" or entry.name.startswith("."):
                continue
            if entry.is_dir():
                folders.append(Path(entry.path))
            else:
                with contextlib.suppress(OSError):
                    status = entry.stat()
                    found.append((entry.path, status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))


def start(function: Function, environment: dict[str, str], version: object) -> Worker:
    """Start a worker in a new session, so that Ctrl-C in the terminal reaches only the server."""
    read_events, events = os.pipe()
    answers, write_answers = os.pipe()
    output, write_output = os.pipe()
    os.set_blocking(output, False)
    setup = {"handler": function.handler, "path": function.path, "events": read_events, "answers": write_answers}
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", str(WORKER), json.dumps(setup)],
            stdin=subprocess.DEVNULL,
            stdout=write_output,
            stderr=write_output,
            pass_fds=(read_events, write_answers),
            env=environment,
            cwd=function.path[0],
            start_new_session=True,
        )
    finally:
        for descriptor in (read_events, write_answers, write_output):
            os.close(descriptor)
    return Worker(process, events, answers, output, version)


def receive(worker: Worker, deadline: float, printed: bytearray) -> dict[str, Any] | None:
    """Return the worker's next message and collect what it printed; None when it died or the deadline passed.

    The worker flushes its output before it answers, so after the answer all of it lies in the pipe.
    """
    message = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(worker.answers, selectors.EVENT_READ)
        selector.register(worker.output, selectors.EVENT_READ)
        while not message.endswith(b"\n"):
            ready = selector.select(max(deadline - time.time(), 0.0))
            if not ready and time.time() >= deadline:
                break
            for key, _ in ready:
                chunk = os.read(key.fd, 65536)
                if key.fd == worker.output:
                    printed += chunk
                elif chunk:
                    message += chunk
                if not chunk:
                    selector.unregister(key.fd)
            if not any(key.fd == worker.answers for key in selector.get_map().values()):
                break
    drain(worker.output, printed)
    answer: dict[str, Any] | None = json.loads(message) if message.endswith(b"\n") else None
    return answer


def drain(output: int, printed: bytearray) -> None:
    """Read what is in the pipe now, without waiting for more."""
    with contextlib.suppress(BlockingIOError):
        while chunk := os.read(output, 65536):
            printed += chunk


def write(descriptor: int, data: bytes) -> None:
    """Write all of the data, however little the pipe takes at once."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def describe_crash(worker: Worker, seconds: float, deadline: float) -> dict[str, Any]:
    """Return Lambda's error for a worker that did not respond: it ran until its deadline, `seconds`, or it exited."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        status = worker.process.wait(EXIT_SECONDS if time.time() < deadline else 0)
        return {"errorType": "Runtime.ExitError", "errorMessage": f"Runtime exited with status {status}"}
    return {"errorType": "Sandbox.Timedout", "errorMessage": f"Task timed out after {seconds:.2f} seconds"}


def discard(worker: Worker) -> None:
    """Kill a worker and close its descriptors."""
    worker.process.kill()
    worker.process.wait()
    for descriptor in (worker.events, worker.answers, worker.output):
        os.close(descriptor)


def decode_lines(printed: bytearray) -> list[str]:
    """Return what was printed, as lines."""
    return printed.decode("utf-8", "replace").splitlines()


def reap_forever(pools: Collection[Pool], stopping: threading.Event) -> None:
    """Kill idle workers from time to time until the server stops."""
    while not stopping.wait(SPARE_SECONDS / 4):
        for pool in pools:
            pool.reap(time.monotonic())
