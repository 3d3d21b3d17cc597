"""Requests that Schemathesis makes of openapi.json, few and always the same; `make contract` makes many more."""

import os
import subprocess
import sys

import pytest

from tests.support.http_api import Api
from tools.local.running import ROOT


def test_every_answer_is_as_openapi_json_says(api: Api) -> None:
    if api.server is None:
        pytest.skip("a deployment's throttles refuse so many accounts")
    # Not the phase `coverage`, whose requests are a thousand whatever is asked for.
    plan = {"REQUESTS": "200", "SEED": "1", "PHASES": "examples,fuzzing,stateful", "LAMBDO_URL": api.url}
    environment = {**os.environ, **plan, "PYTHONPATH": "layers/common"}
    command = [sys.executable, "-m", "tests.fuzz"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
