"""openapi-python-client makes a client of openapi.json: all of it, with types that hold, and it works."""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.support.http_api import Api
from tools.local.running import ROOT

STORY = Path(__file__).with_name("client_story.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which `lambdo_client` is; what the generator cannot make of the document fails."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "config.json").write_text(json.dumps({"post_hooks": []}))  # which would lint the client
    arguments = ["--path", str(ROOT / "openapi.json"), "--output-path", "lambdo_client", "--meta", "none"]
    run(folder, "openapi_python_client", "generate", *arguments, "--config", "config.json", "--fail-on-warning")
    return folder


def run(folder: Path, module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    environment = {"PYTHONPATH": str(folder), "MYPYPATH": str(folder), "PYTHONUTF8": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_client_and_story_pass_the_strict_type_check(folder: Path) -> None:
    run(folder, "mypy", "--config-file=", "--strict", "lambdo_client", str(STORY))


def test_story_is_told_with_typed_answers_and_typed_errors(folder: Path, api: Api) -> None:
    done = subprocess.run(
        [sys.executable, str(STORY), api.url, f"{uuid.uuid4().hex}@example.com"],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
