"""The embedded AWS back end: a MiniStack child process that saves its data when the server stops, however it stops."""

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tools.local.console import Refused

CHILD = Path(__file__).with_name("ministack_child.py")
START_SECONDS = 60.0
SAVE_SECONDS = 60.0
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
    process: subprocess.Popen[bytes]
    url: str
    log: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_backend(root: Path, state: Path, lock: int) -> Backend:
    """Start MiniStack with its data under `state`; `lock` is the state's lock, which it holds until all is saved.

    It runs in a session of its own, so that Ctrl-C in the terminal reaches the server alone, and it stops cleanly
    when its standard input closes, which a killed server's does too.
    """
    python = root / ".venv-ministack" / "bin" / "python"
    if not python.exists():
        raise Refused("MiniStack's environment .venv-ministack is missing: start the server with make dev.")
    port = free_port()
    data, scratch, log = state / "ministack", state / "tmp", state / "logs" / "ministack.log"
    for folder in (data, scratch, log.parent):
        folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SERVICES": "dynamodb,ssm",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(data),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{scratch}/no-docker.sock",
        **CREDENTIALS,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(python), "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=scratch,
            pass_fds=(lock,),
            start_new_session=True,
        )
    return Backend(process, f"http://127.0.0.1:{port}", log)


def wait_until_ready(backend: Backend) -> None:
    """Return when MiniStack answers; raises Refused, naming its log, when it ends or stays silent."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and backend.process.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError, ValueError):
            with direct.open(f"{backend.url}/_ministack/health", timeout=2) as response:
                json.load(response)
                return
        time.sleep(0.02)
    raise Refused(f"MiniStack did not start; see {backend.log}.")


def stop_backend(backend: Backend) -> bool:
    """Stop MiniStack and wait until its data is saved; return whether it ended by itself."""
    assert backend.process.stdin is not None
    with contextlib.suppress(OSError):
        backend.process.stdin.close()
    try:
        backend.process.wait(SAVE_SECONDS)
    except subprocess.TimeoutExpired:
        backend.process.kill()
        backend.process.wait()
        return False
    return True
