"""The embedded AWS back end: a MiniStack child process that ends with the server, however that ends, and keeps what it acknowledged."""

import contextlib
import http
import http.client
import os
import select
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.local.console import StartError

CHILD = Path(__file__).with_name("ministack") / "__main__.py"
DEV = {"SERVICES": "dynamodb,dynamodbstreams,ses,ssm"}
START_SECONDS = 60.0
STOP_SECONDS = 60.0
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_SESSION_TOKEN": "local",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass
class Backend:
    """A running MiniStack; `lifeline` is the pipe whose end tells it to stop, `report` the one on which it says what it cannot do."""

    process: subprocess.Popen[bytes]
    lifeline: int
    report: int
    url: str
    log: Path


def find_free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_backend(
    root: Path, state: Path, lock: int, settings: Mapping[str, str] = DEV, child: Path = CHILD, *, keep: bool = False
) -> Backend:
    """Start MiniStack in the folder `state`; `lock` is the folder's lock, which it holds until it ends.

    `settings` are further variables of its environment: what it offers, and how. `child` is the program that runs it. With `keep`,
    what it acknowledges is on the disk and there again at the next start; without, its data ends with it.
    It runs in a session of its own, so that Ctrl-C in the terminal reaches the server alone, and it stops cleanly
    when its standard input closes, which a killed server's does too.
    """
    python = root / ".venv-ministack" / "bin" / "python"
    if not python.exists():
        raise StartError("MiniStack's environment .venv-ministack is missing. Start the server with make dev.")
    port = find_free_port()
    data, scratch, log = state / "ministack", state / "tmp", state / "logs" / "ministack.log"
    for folder in (data, scratch, log.parent):
        folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AWS_ENDPOINT_URL": f"http://localhost:{port}",  # for the functions that it runs itself, in a rehearsal
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{scratch}/no-docker.sock",
        **CREDENTIALS,
        **settings,
    }
    ending, lifeline = os.pipe()
    report, reporting = os.pipe()
    environment["REPORT_TO"] = str(reporting)
    if keep:
        environment["DATA_FOLDER"] = str(data)
    with log.open("wb") as output, os.fdopen(ending) as stdin, os.fdopen(reporting):
        process = subprocess.Popen(
            [str(python), "-I", str(child)],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=scratch,
            pass_fds=(lock, reporting),
            start_new_session=True,
        )
    return Backend(process, lifeline, report, f"http://{environment['BIND_HOST']}:{port}", log)


def wait_until_ready(backend: Backend) -> None:
    """Return when MiniStack answers; raises StartError, with what it says or the name of its log, when it ends or stays silent."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and backend.process.poll() is None:
        connection = http.client.HTTPConnection(backend.url.removeprefix("http://"), timeout=2)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/_ministack/health")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.02)
    raise StartError(read_report(backend) or f"MiniStack did not start; see {backend.log}.")


def has_reported(backend: Backend) -> bool:
    """Return whether MiniStack has something to say, or has ended."""
    return bool(select.select([backend.report], [], [], 0)[0])


def read_report(backend: Backend) -> str:
    """Return what MiniStack says that it cannot do, waiting until it says something or ends; the empty string if it ended without a word."""
    return os.read(backend.report, 4096).decode().strip()


@contextlib.contextmanager
def explaining_failures(backend: Backend) -> Iterator[None]:
    """Raise StartError with what MiniStack says, if it says anything, in place of what its failure has led to."""
    try:
        yield
    except Exception:
        if has_reported(backend) and (said := read_report(backend)):
            raise StartError(said) from None
        raise


def stop_backend(backend: Backend) -> None:
    """Stop MiniStack and wait for its end."""
    os.close(backend.lifeline)
    try:
        backend.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        backend.process.kill()
        backend.process.wait()
    os.close(backend.report)
