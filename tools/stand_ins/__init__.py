"""Other servers with DynamoDB's API, in processes that end with the caller's: a second and a third opinion on the embedded one."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tools.local.backend import find_free_port

HERE: Final = Path(__file__).parent
INSTALLED: Final = HERE.parents[1] / ".dynalite"  # `make .dynalite/.synced` puts dynalite there
START_SECONDS: Final = 60.0


class NotInstalledError(Exception):
    """The server is not installed; the message says what it takes."""


def dynalite_version() -> str:
    """Return the version that package.json pins."""
    return str(_package(HERE)["dependencies"]["dynalite"])


def _package(folder: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads((folder / "package.json").read_text(encoding="utf-8"))


@contextlib.contextmanager
def moto() -> Iterator[str]:
    """Run moto's server with an empty account; yield its address."""
    with _server([sys.executable, str(HERE / "moto_child.py")], []) as address:
        yield address


@contextlib.contextmanager
def dynalite(folder: Path | None = None) -> Iterator[str]:
    """Run dynalite with its data in the folder, or in memory; yield its address; raises NotInstalledError."""
    node, home = shutil.which("node"), INSTALLED / "node_modules" / "dynalite"
    if node is None or not (INSTALLED / ".synced").exists() or _package(home)["version"] != dynalite_version():
        raise NotInstalledError("dynalite is not installed: that takes Node.js 20 and `make .dynalite/.synced`")
    with _server([node, str(HERE / "dynalite_child.cjs"), str(home)], [str(folder)] if folder else []) as address:
        yield address


@contextlib.contextmanager
def _server(command: Sequence[str], arguments: Sequence[str]) -> Iterator[str]:
    port = find_free_port()
    process = subprocess.Popen(
        [*command, str(port), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal reaches the caller alone
    )
    try:
        _wait_until_it_answers(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.communicate()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} did not start")
