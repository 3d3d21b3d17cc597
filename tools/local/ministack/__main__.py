"""MiniStack's process: runs it until standard input closes, then stops it cleanly.

Runs by path in MiniStack's own environment, with nothing of this repository on its path once it runs.
DATA_FOLDER names the folder of its data; without it, nothing is kept. REPORT_TO is a descriptor on which it says what it cannot do.
"""

import os
import runpy
import signal
import sys
import threading
from pathlib import Path


def stop_with_the_server() -> None:
    """Wait for the end of standard input: the server closed it, or ended in any way at all."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def be_quick() -> None:
    """Let a query cost what its page costs, whatever the size of the partition."""
    from tools.local.ministack.expressions import parse_once  # noqa: PLC0415 - where this repository is on the path
    from tools.local.ministack.queries import index_queries  # noqa: PLC0415

    parse_once()
    index_queries()


def keep_data(folder: Path) -> None:
    """Load the data and keep it; raises SystemExit, after the reason was reported, if that cannot be."""
    from tools.local.ministack.durability import keep_writes  # noqa: PLC0415 - where this repository is on the path
    from tools.local.ministack.journal import DamagedError  # noqa: PLC0415

    def report(line: str) -> None:
        os.write(int(os.environ["REPORT_TO"]), f"{line}\n".encode())

    try:
        keep_writes(folder, report)
    except DamagedError as damaged:
        report(str(damaged))
        raise SystemExit(1) from damaged
    except OSError as error:
        report(f"The data in {folder} cannot be used: {error.strerror}.")
        raise SystemExit(1) from error


if __name__ == "__main__":
    threading.Thread(target=stop_with_the_server, daemon=True).start()
    sys.path.append(str(Path(__file__).resolve().parents[3]))
    be_quick()
    if "DATA_FOLDER" in os.environ:
        keep_data(Path(os.environ["DATA_FOLDER"]))
    sys.path.pop()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
