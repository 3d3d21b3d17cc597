"""The running API that end-to-end tests talk to: a local server of its own, or the one that LAMBDO_URL names."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.e2e.running import PATIENCE, ROOT, Server, start

PASSWORD = "correct horse battery staple 9"
PARAMETERS = "PasswordCost=4 RegistrationsPerAddress=1000 LogInFailuresPerAddress=1000"  # all tests have one address


@dataclass(frozen=True)
class Account:
    email: str
    password: str
    user_id: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access_token}"}


@dataclass(frozen=True)
class Api:
    """A running API; `server` is None when it is not ours (LAMBDO_URL)."""

    url: str
    client: httpx.Client
    server: Server | None

    def register(self, email: str | None = None, password: str = PASSWORD) -> Account:
        """Make an account of its own for a test and log in."""
        email = email or f"{uuid.uuid4().hex}@example.com"
        made = self.client.post("/api/auth/register", json={"email": email, "password": password})
        assert made.status_code == 201, made.text
        return self.log_in(email, password)

    def log_in(self, email: str, password: str = PASSWORD) -> Account:
        answer = self.client.post("/api/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return Account(email, password, body["user"]["id"], body["access_token"], body["refresh_token"])


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield the API over real HTTP."""
    running = os.environ.get("LAMBDO_URL")
    server = None
    if not running:
        folder = tmp_path_factory.mktemp("server")
        server = start(ROOT, folder / "state", folder / "output", PARAMS=PARAMETERS)
    url = running.rstrip("/") if running else server.url if server else ""
    # Localhost must not go through a proxy; a deployed API may have to.
    with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=bool(running)) as client:
        yield Api(url, client, server)
    if server is not None:
        assert server.stop() == 0, server.said
