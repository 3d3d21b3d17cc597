"""`make dev`, and operators' commands on its table, with the packages that `make dev` installs and no other."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environments import ROOT, imitate, packages
from tests.support.template import FUNCTIONS
from tools.local.application import REGION
from tools.local.backend import CREDENTIALS
from tools.local.running import Server, end, start

IMPORTS = "import importlib, sys; [importlib.import_module(f'functions.{name}.app') for name in sys.argv[1:]]"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imitate(ROOT / ".venv", set(packages(".venv/.local")), tmp_path_factory.mktemp("environment"))


@pytest.fixture(scope="module")
def server(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, command = tmp_path_factory.mktemp("server"), [str(python), "-m", "tools.local"]
    running = start(ROOT, folder / "state", folder / "output", command, SEED="1")
    yield running
    end(running.process)


def run(python: Path, *arguments: str) -> str:
    """Run Python with the code of the functions, as the Makefile's recipes do."""
    paths = {"PATH": os.defpath, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'common'}"}
    environment = {**CREDENTIALS, "AWS_DEFAULT_REGION": REGION, **paths}
    ran = subprocess.run([python, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_make_dev_starts_and_serves_the_demo_account(server: Server) -> None:
    server.wait_until_said("Demo account: demo@example.com")


def test_every_function_can_be_imported(python: Path) -> None:
    run(python, "-c", IMPORTS, *FUNCTIONS)


def test_operators_check_the_table_and_export_a_user(server: Server, python: Path) -> None:
    server.wait_until_said("Demo account:")
    target = ["--table", server.facts["tables"][0], "--endpoint", server.facts["dynamodb_endpoint"]]
    run(python, "-m", "tools.operate.fsck", *target)
    exported = json.loads(run(python, "-m", "tools.operate.export", *target, "--user", "demo@example.com"))
    assert exported["user"]["email"] == "demo@example.com"
