"""moto's process: runs its server at the port that is named until standard input closes."""

import logging
import os
import sys
import threading

from moto.server import main


def _stop_with_the_caller() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line for each request
    threading.Thread(target=_stop_with_the_caller, daemon=True).start()
    main(["--host", "127.0.0.1", "--port", sys.argv[1]])
