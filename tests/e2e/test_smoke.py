"""`make smoke`, which a deployment runs: it passes on a working API, fails on a broken one, and leaves no account."""

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.support.http_api import Api
from tools.local.running import PATIENCE, ROOT, Server
from tools.operate.smoke import SmokeError, try_out

type Keys = set[tuple[str, str]]


@pytest.fixture
def client(api: Api) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api.url, timeout=PATIENCE, trust_env=api.server is None) as client:
        yield client


def test_working_api_passes(api: Api) -> None:
    command = [sys.executable, "-m", "tools.operate.smoke", "--url", api.url]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"smoke: {api.url} works\n", "")


def test_nothing_is_left_but_the_mark_of_a_deleted_account_and_counters_that_expire(
    api: Api, client: httpx.Client
) -> None:
    if api.server is None:
        pytest.skip("only the table of a server of its own can be read")
    before = _keys(api.server)
    try_out(client)
    left = _keys(api.server) - before
    assert {sk for pk, sk in left if not pk.startswith("THROTTLE#")} == {"PROFILE"}


def test_failing_step_is_named_and_the_account_deleted_nevertheless(api: Api) -> None:
    made: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/complete"):
            return httpx.Response(500, text="broken")
        if request.url.path.endswith("/register"):
            made.append(request.read())
        with httpx.Client(timeout=PATIENCE, trust_env=api.server is None) as real:
            return real.send(
                httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
            )

    broken = httpx.Client(base_url=api.url, transport=httpx.MockTransport(answer))
    with broken, pytest.raises(SmokeError, match=r"PATCH /api/me/tasks/\S+/complete returned 500, not 200: broken"):
        try_out(broken)
    refused = api.client.post("/api/auth/login", content=made[0], headers={"content-type": "application/json"})
    assert refused.status_code == 401


def test_api_that_lets_everybody_in_fails() -> None:
    open_to_all = httpx.MockTransport(lambda _: httpx.Response(200, json={}))
    with (
        httpx.Client(base_url="http://open", transport=open_to_all) as client,
        pytest.raises(SmokeError, match="not 401"),
    ):
        try_out(client)


def _keys(server: Server) -> Keys:
    table = server.open_table().table
    pages = table.meta.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
    return {(item["pk"], item["sk"]) for item in pages.search("Items")}
