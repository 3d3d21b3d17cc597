"""Requests that Schemathesis makes of openapi.json, few and always the same; `make contract` makes many more."""

import os
import re
import subprocess
import sys

import pytest

from tests.support.http_api import Api
from tools.local.running import ROOT, Server


def fuzz(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables, "PYTHONPATH": "layers/common"}
    command = [sys.executable, "-m", "tests.fuzz"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def served(server: Server) -> int:
    """Return how many requests the server has printed."""
    return len(re.findall(r"^[A-Z]+ +/.* ms", server.said, re.MULTILINE))


def test_every_answer_is_as_openapi_json_says_and_no_more_is_sent_than_asked_for(api: Api) -> None:
    if api.server is None:
        pytest.skip("a deployment's throttles refuse so many accounts")
    before = served(api.server)
    done = fuzz(REQUESTS="300", SEED="1", LAMBDO_URL=api.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 280 <= served(api.server) - before <= 300
    assert re.search(r"^(2[89]\d|300) requests, \d+ of them generated, SEED=1", done.stdout, re.MULTILINE)


def test_fewer_requests_than_the_least_are_refused() -> None:
    done = fuzz(REQUESTS="99", LAMBDO_URL="http://127.0.0.1:9")
    assert (done.returncode, done.stderr) == (1, "make contract: REQUESTS=99 is too few; the least is 100.\n")
