"""A user of the API before and after an update, who must notice nothing but the new version."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import httpx

from tools.rehearse.commands import StepError

PASSWORD = {"email": "visitor@example.com", "password": "correct horse battery staple 9"}


@dataclass(frozen=True)
class Visit:
    """What the visitor holds when the update comes; `unseen` is an access token that no gateway has cached."""

    unseen: str
    refresh_token: str
    tasks: list[dict[str, Any]]
    cursor: str


def use_before_update(url: str) -> Visit:
    """Register, log in, write three tasks and read the first page of them."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        _expect(201, client.post("/api/auth/register", json=PASSWORD))
        seen, held = (_expect(200, client.post("/api/auth/login", json=PASSWORD)).json() for _ in range(2))
        headers = _build_headers(seen["access_token"])
        for title in ("first", "second", "third"):
            _expect(201, client.post("/api/me/tasks", json={"title": title}, headers=headers))
        page = _expect(200, client.get("/api/me/tasks?limit=2", headers=headers)).json()
    return Visit(held["access_token"], held["refresh_token"], page["items"], page["next_cursor"])


def use_after_update(url: str, visit: Visit) -> None:
    """Continue where the visit stopped; raises StepError if something is lost, or if the signing key is still the old one."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        headers = _build_headers(visit.unseen)
        page = _expect(200, client.get("/api/me/tasks?limit=2", headers=headers)).json()
        if page["items"] != visit.tasks:
            raise StepError(f"The update changed the tasks: {page['items']}")
        _expect(200, client.get("/api/me/tasks", params={"limit": 2, "cursor": visit.cursor}, headers=headers))
        refresh = {"refresh_token": visit.refresh_token}
        renewed = _expect(200, client.post("/api/auth/refresh", json=refresh)).json()["access_token"]
        _expect(200, client.get("/api/auth/me", headers=_build_headers(renewed)))
        published = _expect(200, client.get("/.well-known/jwks.json")).json()["keys"]
    if [key["kid"] for key in published] != [_read_key_id(renewed), _read_key_id(visit.unseen)]:
        raise StepError(f"The new key, then the old key should be published: {published}")


def _expect(status: int, answer: httpx.Response) -> httpx.Response:
    if answer.status_code != status:
        raise StepError(
            f"{answer.request.method} {answer.request.url.path} returned {answer.status_code}, "
            f"not {status}: {answer.text}"
        )
    return answer


def _build_headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _read_key_id(token: str) -> str:
    header = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])
