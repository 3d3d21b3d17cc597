"""A running API over HTTP, and accounts of it."""

import uuid
from dataclasses import dataclass

import httpx

from tools.local.running import Server

PASSWORD = "correct horse battery staple 9"


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
