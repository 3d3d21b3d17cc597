"""The running API that end-to-end tests talk to: a local server of its own, or the one that LAMBDO_URL names."""

import os
from collections.abc import Iterator

import httpx
import pytest

from tests.support.http_api import Api
from tools.local.running import CHEAP_HASHES, PATIENCE, ROOT, start

PARAMETERS = "RegistrationsPerAddress=1000 LogInFailuresPerAddress=1000"  # all tests have one address


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield the API over real HTTP."""
    running = os.environ.get("LAMBDO_URL")
    server = None
    if not running:
        folder = tmp_path_factory.mktemp("server")
        server = start(ROOT, folder / "state", folder / "output", PARAMS=PARAMETERS, UNCHECKED_PARAMS=CHEAP_HASHES)
    url = running.rstrip("/") if running else server.url if server else ""
    # Localhost must not go through a proxy; a deployed API may have to.
    with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=bool(running)) as client:
        yield Api(url, client, server)
    if server is not None:
        assert server.stop() == 0, server.said
