"""What `sam build` makes, built once for all the tests of this folder."""

import os
import subprocess
import sys

import pytest

from tests.support.builds import ARCHITECTURES, Builds
from tests.support.template import ROOT, sam_environment


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """One build for each architecture, on a PATH whose python3 does not work: it must not matter."""
    home = tmp_path_factory.mktemp("sam")
    broken = home / "bin"
    broken.mkdir()
    for name in ("python", "python3"):
        (broken / name).write_text("#!/bin/sh\nexit 1\n")
        (broken / name).chmod(0o755)
    environment = {**sam_environment(home), "PATH": f"{broken}:{os.environ['PATH']}"}
    folders = {architecture: home / architecture for architecture in ARCHITECTURES}
    for architecture, folder in folders.items():
        command = [
            *(sys.executable, "-m", "samcli", "build", "--no-cached", "--template-file", str(ROOT / "template.yaml")),
            *("--build-dir", str(folder), "--parameter-overrides", f"Architecture={architecture}"),
        ]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return folders
