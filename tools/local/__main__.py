"""`python -m tools.local`: what `make dev` runs."""

import sys

from tools.local.console import StartError, complain
from tools.local.options import read_options
from tools.local.server import run


def main() -> int:
    """Serve until stopped. Return 0 after a clean stop; 1, with one line, if the server cannot start or continue."""
    try:
        run(read_options())
    except StartError as refused:
        complain(f"make dev: {refused}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
