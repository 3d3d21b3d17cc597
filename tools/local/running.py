"""A local server as a subprocess: for tests and measurements."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tools.operate.target import Target, open_target

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # a bound on hanging, not a measurement
CHEAP_HASHES = "PasswordCost=4"  # as UNCHECKED_PARAMS


def until(holds: Callable[[], bool], *, seconds: float = PATIENCE, pause: float = 0.05) -> bool:
    """Wait until it holds, and return whether it does; the seconds are a bound on hanging, not a measurement."""
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(pause)
    return held


@dataclass
class Server:
    """A running server: its process, the file that it prints to, and what it has reported."""

    process: subprocess.Popen[bytes]
    output: Path
    facts: dict[str, Any]

    @property
    def url(self) -> str:
        """Where it answers."""
        return str(self.facts["url"])

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self.output.read_text()

    def open_table(self) -> Target:
        """Return the server's table."""
        return open_target(
            self.facts["tables"][0],
            endpoint_url=self.facts["dynamodb_endpoint"],
            region_name=self.facts["region"],
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - MiniStack takes any
        )

    def wait_until_said(self, text: str, times: int = 1) -> None:
        """Return when the text stands in the output so often."""
        until(lambda: self.said.count(text) >= times or self.process.poll() is not None)
        if self.said.count(text) < times:
            raise RuntimeError(f"the local server did not say {text!r}:\n{self.said}")

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send the server a signal and return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.facts["pid"], number)
        return self.process.wait(PATIENCE)

    def family(self) -> list[int]:
        """Return the process ids of the server and of everything that it started."""
        return [self.facts["pid"], *children(self.facts["pid"])]


def spawn(
    root: Path, state: Path, output: Path, command: list[str] | None = None, **variables: str
) -> subprocess.Popen[bytes]:
    """Start the server on a free port as `make dev` does, or by another command, without waiting for it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COV_"))}
    environment |= {"PYTHONPATH": str(root / "layers" / "common")}
    environment |= {"PORT": "0", "STATE": str(state), "SEED": "", "DYNAMODB_ENDPOINT": ""}
    environment |= {"PARAMS": "", "UNCHECKED_PARAMS": "", **variables}
    with output.open("ab") as sink:
        return subprocess.Popen(
            command or [sys.executable, "-m", "tools.local"],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def start(root: Path, state: Path, output: Path, command: list[str] | None = None, **variables: str) -> Server:
    """Start the server and return when it answers."""
    report = state / "run.json"
    report.unlink(missing_ok=True)  # a server that was killed leaves it behind
    process = spawn(root, state, output, command, **variables)
    until(lambda: report.exists() or process.poll() is not None)
    if not report.exists():
        end(process)
        raise RuntimeError(f"the local server did not start:\n{output.read_text()}")
    return Server(process, output, json.loads(report.read_text()))


@contextlib.contextmanager
def serving(**variables: str) -> Iterator[Server]:
    """Yield a server with these variables and an empty table, which is stopped and forgotten in the end."""
    folder = Path(tempfile.mkdtemp())
    server = start(ROOT, folder / "state", folder / "output", None, **variables)
    try:
        yield server
    finally:
        end(server.process)
        shutil.rmtree(folder, ignore_errors=True)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server and the make around it, whether or not it ever said who it is."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    process.wait(PATIENCE)


def children(pid: int) -> list[int]:
    """Return the process ids of a process's children (ps works on Linux and macOS alike)."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def ended(pids: list[int]) -> bool:
    """Return whether all processes end, waiting for them."""
    return until(lambda: not any(map(running, pids)))


def running(pid: int) -> bool:
    """Return whether a process lives; one that ended and waits for its parent to notice does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def get(server: Server, path: str, **headers: str) -> httpx.Response:
    """Send the server a GET request."""
    return httpx.get(server.url + path, headers=headers, timeout=PATIENCE, trust_env=False)


def post(server: Server, path: str) -> httpx.Response:
    """Send the server a POST request without a body."""
    return httpx.post(server.url + path, timeout=PATIENCE, trust_env=False)
