"""`python -m tools.rehearse`: what `make rehearse` runs."""

import shutil
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tools.local.console import StartError, complain, say
from tools.local.options import ROOT
from tools.local.signals import interrupt_once
from tools.local.state import lock_state
from tools.rehearse.commands import StepError, step
from tools.rehearse.rehearsal import rehearse

FOLDER = ROOT / ".aws-sam" / "rehearsal"


def main(folder: Path = FOLDER, steps: Callable[[Path, int], None] = rehearse) -> int:
    """Run the steps and print the verdict; return 0 if all passed, 1 if one failed, 130 if interrupted.

    The folder is removed afterwards, but for its logs if a step failed.
    """
    began = time.monotonic()
    try:
        with lock_state(folder) as lock:
            try:
                steps(folder, lock)
            finally:
                with step("clean up"):
                    for scratch in ("build", "ministack", "tmp"):
                        shutil.rmtree(folder / scratch, ignore_errors=True)
        shutil.rmtree(folder)
    except KeyboardInterrupt:
        complain("Rehearsal interrupted; nothing is left running.")
        return 130
    except Exception as failed:  # noqa: BLE001 - whatever failed, the verdict is the last line
        expected = isinstance(failed, StepError | StartError)
        complain(str(failed) if expected else traceback.format_exc())
        complain(f"REHEARSAL FAILED after {time.monotonic() - began:.0f} s; logs in {folder / 'logs'}.")
        return 1
    say(f"REHEARSAL PASSED in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    interrupt_once()
    sys.exit(main())
