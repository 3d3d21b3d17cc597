"""What the rehearsal's steps are made of: a line on the terminal, and commands whose output goes to a log."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.local.console import say


class StepError(Exception):
    """A step failed; the message is for the person who reads the result."""


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print one line when the step has ended: its title, its result and its duration in seconds."""
    began = time.monotonic()
    verdict = "FAILED"
    try:
        yield
        verdict = "ok"
    finally:
        say(f"{title:<56} {verdict:<6} {time.monotonic() - began:>4.0f} s")


@dataclass(frozen=True)
class Shell:
    """Where commands run, what they find in their environment, and the folder of their logs."""

    root: Path
    environment: Mapping[str, str]
    logs: Path

    def run(self, name: str, *command: str, **variables: str) -> None:
        """Run a command with its output in `<name>.log`; raises StepError when it fails.

        It has a session of its own, so that it and all that it started can be ended together, and are, when the
        rehearsal is interrupted.
        """
        log = self.logs / f"{name}.log"
        with (
            log.open("wb") as output,
            subprocess.Popen(
                command,
                cwd=self.root,
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            try:
                code = process.wait()
            except BaseException:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()
                raise
        if code:
            raise StepError(f"{' '.join(command)} ended with {code}:\n{_end_of(log)}")


def _end_of(log: Path, lines: int = 40) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
