"""The state folder: used by one server at a time, which tells tests and tools in `run.json` where it is."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.local.console import StartError

WAIT_SECONDS = 60.0


@contextlib.contextmanager
def lock_state(state: Path) -> Iterator[int]:
    """Hold the folder's lock, yield its descriptor, and delete what an earlier run left.

    Raises StartError if another server holds it. After a server was killed, its MiniStack holds the lock until it has
    ended, and this waits for it.
    """
    try:
        (state / "logs").mkdir(parents=True, exist_ok=True)
        descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _cannot_be_used(state, error) from None
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while not _lock(descriptor):
            holder = os.pread(descriptor, 20, 0).decode().strip()
            if _is_alive(holder) or time.monotonic() > deadline:
                raise StartError(
                    f"{state} is in use by process {holder}. Stop it, or run make dev STATE=another-folder."
                )
            time.sleep(0.05)
        try:
            for old in [*(state / "logs").glob("*.log"), state / "run.json"]:
                old.unlink(missing_ok=True)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            raise _cannot_be_used(state, error) from None
        yield descriptor
    finally:
        os.close(descriptor)


def _cannot_be_used(state: Path, error: OSError) -> StartError:
    return StartError(f"STATE={state} cannot be used: {error.strerror}.")


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def announce(state: Path, facts: dict[str, Any]) -> Iterator[None]:
    """Keep `run.json` in the folder, written at once and whole, while the server runs; raises StartError if it cannot be."""
    report = state / "run.json"
    draft = state / "run.tmp"
    try:
        draft.write_text(json.dumps({"state": str(state), "pid": os.getpid(), **facts}, indent=2) + "\n")
        draft.replace(report)
    except OSError as error:
        raise _cannot_be_used(state, error) from None
    try:
        yield
    finally:
        report.unlink(missing_ok=True)
