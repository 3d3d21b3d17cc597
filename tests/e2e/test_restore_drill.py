"""The restore drill: a table is exported, loaded into a fresh one, found whole, and the API serves from it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.http_api import Account, Api
from tools.local.running import PATIENCE, ROOT, Server, end, start


@pytest.fixture
def fresh(api: Api, tmp_path: Path) -> Iterator[Server]:
    """Yield a second server, with an empty table and keys of its own."""
    if api.server is None:
        pytest.skip("only the table of a server of its own can be read")
    server = start(ROOT, tmp_path / "state", tmp_path / "output")
    yield server
    end(server.process)


def test_accounts_and_tasks_are_served_from_a_table_that_was_loaded_from_an_export(api: Api, fresh: Server) -> None:
    assert api.server is not None
    me = api.register()
    tag = api.client.post("/api/me/tags", json={"name": "Kept"}, headers=me.headers).json()
    body = {"title": "survives", "due_date": "2030-01-01", "tag_ids": [tag["id"]]}
    task = api.client.post("/api/me/tasks", json=body, headers=me.headers).json()

    source, target = api.server.open_table().table, fresh.open_table().table
    pages = source.meta.client.get_paginator("scan").paginate(TableName=source.name, ConsistentRead=True)
    with target.batch_writer() as batch:
        for item in pages.search("Items"):
            batch.put_item(Item=item)

    command = [sys.executable, "-m", "tools.operate.fsck", "--table", target.name]
    checked = subprocess.run(
        [*command, "--endpoint", fresh.facts["dynamodb_endpoint"]],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": "layers/common"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "fsck: no violations\n")

    with httpx.Client(base_url=fresh.url, timeout=PATIENCE, trust_env=False) as client:
        restored = Api(fresh.url, client, fresh)
        old_token = client.get("/api/auth/me", headers=me.headers)
        assert old_token.status_code == 401  # the keys are in Parameter Store and were not restored with the table
        again: Account = restored.log_in(me.email, me.password)
        assert again.user_id == me.user_id
        for query in ("", "?status=open&sort=due_date", f"?tag={tag['id']}"):
            assert client.get(f"/api/me/tasks{query}", headers=again.headers).json()["items"] == [task]
        done = client.patch(f"/api/me/tasks/{task['id']}/complete", headers=again.headers)
        assert done.json()["completed"] is True
    assert api.client.get(f"/api/me/tasks/{task['id']}", headers=me.headers).json() == task
