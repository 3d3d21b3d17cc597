"""MiniStack's process: runs it until standard input closes, then stops it cleanly, which is when it saves its data.

Runs by path in MiniStack's own environment, with nothing of this repository on its path.
"""

import os
import runpy
import signal
import sys
import threading


def stop_with_the_server() -> None:
    """Wait for the end of standard input: the server closed it, or ended in any way at all."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=stop_with_the_server, daemon=True).start()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
