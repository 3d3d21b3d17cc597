"""What every test stands on: an embedded DynamoDB and SSM, the table of template.yaml, and keys made by the deployment's code."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.caller import Api, Caller
from tools.local.application import Application, read_template
from tools.local.backend import start_backend, stop_backend, wait_until_ready
from tools.local.provision import create_tables, provision_keys, use_endpoints

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The template's application on an embedded back end, with its environment set for this process."""
    state = tmp_path_factory.mktemp("state")
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        backend = start_backend(ROOT, state, lock.fileno())
        try:
            wait_until_ready(backend)
            use_endpoints(backend.url, backend.url)
            template = ROOT / "template.yaml"
            unresolved = read_template(template, {}, {})
            create_tables(unresolved, backend.url)
            os.environ["TABLE_NAME"] = next(iter(unresolved.tables))
            application = read_template(template, {}, provision_keys(unresolved, ROOT))
            for function in application.functions.values():
                os.environ.update({k: v for k, v in function.environment.items() if not k.startswith("AWS_")})
            os.environ["PASSWORD_COST"] = "4"  # bcrypt's lowest: the template's 12 is for attackers
            yield application
        finally:
            stop_backend(backend)


@pytest.fixture(scope="session")
def api(application: Application) -> Api:
    """The API, each route served by its real handler behind the real authorizer."""
    return Api(application)


@pytest.fixture
def user(api: Api) -> Caller:
    """Somebody who has registered and logged in."""
    return api.sign_up()


@pytest.fixture
def stranger(api: Api) -> Caller:
    """Somebody else."""
    return api.sign_up()


@pytest.fixture
def dump(application: Application) -> Callable[[], list[dict[str, Any]]]:
    """Return every item of the table, sorted, as DynamoDB has it."""
    from lambdo.store import table

    def read() -> list[dict[str, Any]]:
        client = table._client("dynamodb")
        pages = client.get_paginator("scan").paginate(TableName=os.environ["TABLE_NAME"], ConsistentRead=True)
        return sorted((item for page in pages for item in page["Items"]), key=json.dumps)

    return read
