"""The parts of a rehearsal's steps: a line on the terminal, and commands whose output goes to a log."""

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
    """A step failed; the message is part of the verdict on the terminal."""


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print one line when the step is over: its title, its outcome and its seconds."""
    began = time.monotonic()
    verdict = "FAILED"
    try:
        yield
        verdict = "ok"
    finally:
        say(f"{title:<56} {verdict:<6} {time.monotonic() - began:>4.0f} s")


@dataclass(frozen=True)
class Shell:
    """The folder in which commands run, their environment, and the folder of their logs."""

    root: Path
    environment: Mapping[str, str]
    logs: Path

    def run(self, name: str, *command: str, **variables: str) -> None:
        """Run a command with its output in `<name>.log`; raises StepError when it fails.

        It runs in a new session, so that an interrupted rehearsal can end it together with all that it started.
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
            raise StepError(f"{' '.join(command)} ended with {code}:\n{_read_end(log)}")


def _read_end(log: Path, lines: int = 40) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
