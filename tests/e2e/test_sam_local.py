"""The story against Lambda's own containers, where Docker and the base image are: `docker pull` it to run this."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tools.local.application import ARCHITECTURE
from tools.local.backend import find_free_port
from tools.local.running import PATIENCE, ROOT, end, until

IMAGE = f"public.ecr.aws/lambda/python:3.13-{ARCHITECTURE}"
START_SECONDS = 300.0  # it builds first, then an image with the layers


def has_image() -> bool:
    """Tell whether Docker runs and has the image."""
    try:
        return subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of a running `make sam-local`."""
    if not has_image():
        pytest.skip(f"Lambda's image is not here: with Docker, docker pull {IMAGE}")
    port, output = find_free_port(), tmp_path / "output"
    variables = {"PORT": str(port), "STATE": str(tmp_path), "PARAMS": "RegistrationsPerAddress=1000"}
    variables |= {"PYTHONPATH": "layers/common"}
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.sam_local"],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process, output)
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, output.read_text()
    finally:
        if process.poll() is None:
            end(process)


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], output: Path) -> None:
    def is_healthy() -> bool:
        try:
            return httpx.get(f"{url}/api/health", timeout=START_SECONDS, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    until(lambda: is_healthy() or process.poll() is not None, seconds=START_SECONDS, pause=0.5)
    assert is_healthy(), f"make sam-local did not start:\n{output.read_text()}"


def test_story_passes_in_containers(url: str) -> None:
    # SAM CLI's gateway answers 403 for a route that is not there; AWS and every other place of this suite 404.
    story = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/e2e/test_story.py"]
    told = subprocess.run(
        [*story, "--deselect", "tests/e2e/test_story.py::test_unknown_route_is_404"],
        cwd=ROOT,
        env={**os.environ, "LAMBDO_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
