"""Attacks over real HTTP, on the local server or on the deployment that LAMBDO_URL names: no token, path or body gets through."""

import gzip
import hmac
import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lambdo.base import base64url
from tests.support.http_api import PASSWORD, QUARTER, Account, Api, Sent, at_once, in_one_window, sent
from tests.support.routes import GUARDED, NAMING_A_USER

JSON = {"content-type": "application/json"}
UNKNOWN_ID = "01a1fd29-7777-7777-8777-777777777777"


@pytest.fixture(scope="module")
def victim(api: Api) -> Account:
    """Whoever is attacked; no attack changes anything of theirs, so that all of them share one."""
    return api.register()


@pytest.fixture(scope="module")
def attacker(api: Api) -> Account:
    return api.register()


@pytest.fixture(scope="module")
def task(api: Api, victim: Account) -> Iterator[dict[str, Any]]:
    """A task of the victim with a tag, which stays as it is."""
    tag = api.client.post("/api/me/tags", json={"name": "secret"}, headers=victim.headers).json()
    body = {"title": "the victim's own", "tag_ids": [tag["id"]]}
    task: dict[str, Any] = api.client.post("/api/me/tasks", json=body, headers=victim.headers).json()
    yield task
    assert api.client.get("/api/me/tasks", headers=victim.headers).json()["items"] == [task]
    assert api.client.get("/api/me/tags", headers=victim.headers).json()["items"] == [tag]


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server of the attacker's: its address, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


# ---- Tokens ------------------------------------------------------------------------------------------------------------


def encoded(part: Any) -> str:
    return base64url.encode(part if isinstance(part, bytes) else json.dumps(part).encode())


class Forger:
    """Makes tokens of a good one, and of what is public about its key."""

    def __init__(self, token: str, jwk: dict[str, str], listener: str) -> None:
        self.token = token
        self.head, self.payload, self.signature = token.split(".")
        self.header: dict[str, Any] = jwt.get_unverified_header(token)
        self.claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        self.jwk = jwk
        self.listener = listener
        self.own = Ed25519PrivateKey.generate()

    def with_header(self, **members: Any) -> str:
        """Return the token under another header, which the signature does not cover."""
        return f"{encoded({**self.header, **members})}.{self.payload}.{self.signature}"

    def signed(self, header: dict[str, Any], claims: dict[str, Any] | None = None) -> str:
        """Return a token signed with the attacker's own key."""
        signed = f"{encoded({**self.header, **header})}.{encoded(claims or self.claims)}"
        return f"{signed}.{base64url.encode(self.own.sign(signed.encode()))}"

    def unsigned(self, algorithm: str) -> str:
        return f"{encoded({**self.header, 'alg': algorithm})}.{self.payload}."

    def under_the_public_key(self, algorithm: str) -> str:
        signed = f"{encoded({**self.header, 'alg': algorithm})}.{self.payload}"
        mac = hmac.digest(base64url.decode(self.jwk["x"]), signed.encode(), f"sha{algorithm[2:]}")
        return f"{signed}.{base64url.encode(mac)}"

    def own_jwk(self) -> dict[str, str]:
        return {**self.jwk, "x": base64url.encode(self.own.public_key().public_bytes_raw())}


FORGERIES: dict[str, Callable[[Forger], str]] = {
    "alg none": lambda f: f.unsigned("none"),
    "alg None": lambda f: f.unsigned("None"),
    "alg nOnE": lambda f: f.unsigned("nOnE"),
    "HS256 under the public key": lambda f: f.under_the_public_key("HS256"),
    "HS512 under the public key": lambda f: f.under_the_public_key("HS512"),
    "RS256": lambda f: f.with_header(alg="RS256"),
    "own key": lambda f: f.signed({}),
    "own key in jwk": lambda f: f.signed({"jwk": f.own_jwk()}),
    "own key at jku": lambda f: f.signed({"jku": f"{f.listener}/jwks.json"}),
    "own key at x5u": lambda f: f.signed({"x5u": f"{f.listener}/chain.pem"}),
    "own key at kid": lambda f: f.signed({"kid": f"{f.listener}/key"}),
    "kid of a file": lambda f: f.signed({"kid": "../../../../dev/null"}),
    "kid of a query": lambda f: f.signed({"kid": "' UNION SELECT 'x"}),
    "issuer of the attacker": lambda f: f.signed({"jku": f"{f.listener}/a"}, {**f.claims, "iss": f.listener}),
    "other user": lambda f: f"{f.head}.{encoded({**f.claims, 'sub': UNKNOWN_ID})}.{f.signature}",
    "later exp": lambda f: f"{f.head}.{encoded({**f.claims, 'exp': f.claims['exp'] + 900})}.{f.signature}",
    "no signature": lambda f: f"{f.head}.{f.payload}.",
    "padded": lambda f: f"{f.head}.{f.payload}.{f.signature}==",
    "header nested deep": lambda f: f"{encoded(b'[' * 1500)}.{f.payload}.{f.signature}",
    "header in UTF-16": lambda f: f"{encoded(json.dumps(f.header).encode('utf-16'))}.{f.payload}.{f.signature}",
    "lone surrogate": lambda f: f"{encoded(b'{"kid":"\\ud800"}')}.{f.payload}.{f.signature}",
    "8 KB": lambda _: ".".join(["A" * 2700] * 3),
    "two at once": lambda f: f"{f.token}, Bearer {f.token}",
    "JSON": lambda f: json.dumps(f.header),
}


@pytest.mark.check("T01", "T02", "T03", "T08", "T09")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_token_is_refused_401_and_nothing_is_fetched(
    api: Api, victim: Account, listener: tuple[str, list[str]], forgery: str
) -> None:
    address, asked = listener
    (jwk, *_) = api.client.get("/.well-known/jwks.json").json()["keys"]
    token = FORGERIES[forgery](Forger(victim.access_token, jwk, address))
    answer = api.client.get("/api/auth/me", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert asked == []


@pytest.mark.check("T06")
def test_refresh_token_is_no_access_token_and_the_reverse(api: Api, victim: Account) -> None:
    answer = api.client.get("/api/auth/me", headers={"authorization": f"Bearer {victim.refresh_token}"})
    assert answer.status_code == 401
    refused = api.client.post("/api/auth/refresh", json={"refresh_token": victim.access_token})
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_refresh_token")


@pytest.mark.check("T20")
@pytest.mark.parametrize("name", ["access_token", "token", "authorization", "Authorization", "bearer", "jwt"])
def test_token_anywhere_but_in_its_header_is_refused_401(api: Api, victim: Account, name: str) -> None:
    token = victim.access_token
    assert api.client.get("/api/auth/me", params={name: token}).status_code == 401
    assert api.client.get("/api/auth/me", params={name: f"Bearer {token}"}).status_code == 401
    assert api.client.get("/api/auth/me", headers={"cookie": f"{name}={token}"}).status_code == 401
    assert api.client.get("/api/auth/me", headers={f"x-{name}": token}).status_code == 401


# ---- Whose data it is --------------------------------------------------------------------------------------------------


def filled(path: str, user_id: str, task: dict[str, Any]) -> str:
    ids = {"{user_id}": user_id, "{task_id}": task["id"], "{tag_id}": task["tags"][0]["id"]}
    return re.sub(r"\{\w+\}", lambda name: ids.get(name[0], UNKNOWN_ID), path)


@pytest.mark.check("A01")
def test_every_route_that_names_a_user_refuses_a_stranger(
    api: Api, victim: Account, attacker: Account, task: dict[str, Any]
) -> None:
    for endpoint in NAMING_A_USER:
        method, path = endpoint.method, endpoint.path
        theirs = filled(path, victim.user_id, task)
        answer = api.client.request(method, theirs, json={"title": "taken"}, headers=attacker.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, theirs)
        if "{task_id}" in path or "{tag_id}" in path:
            body = {"completed": True} if path.endswith("/complete") else {}
            own = api.client.request(method, filled(path, "me", task), json=body, headers=attacker.headers)
            assert own.status_code == 404, (method, path, own.text)


@pytest.mark.check("A03")
def test_every_guarded_route_refuses_who_brings_no_token(api: Api, task: dict[str, Any]) -> None:
    for endpoint in GUARDED:
        method, path = endpoint.method, endpoint.path
        answer = api.client.request(method, filled(path, "me", task), json={})
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"}), (method, path)


PATHS = [
    "/api/{own}/tasks/..%2f..%2f{id}%2ftasks", "/api/{own}/tasks/%2e%2e/%2e%2e/{id}/tasks", "/api/{own}/../{id}/tasks",
    "/api/{own}%2f..%2f{id}/tasks", "/api/{own}/..;/{id}/tasks", "//api/{id}/tasks", "/api//{id}/tasks", "/api/{id}/tasks/",
    "/api/{id}%00/tasks", "/api/{id}%20/tasks", "/api/{id}%0d%0a/tasks", "/api/{ID}/tasks", "/API/{id}/tasks", "/api/*/tasks",
    "/api/%2a/tasks", "/api/USER%23{id}/tasks", "/api/me%23/tasks", "/api/%6de/tasks/{task}", "/api/me/tasks/{TASK}",
    "/api/me/tasks/{task}%00", "/api/me/tasks/TASK%23{task}", "/api/me/tasks/%00", "/api/me/tasks/*", "/api/me/tasks/%23",
    "/api/me/tasks/{long}", "/api/me/tags/TAG%23{task}", "/api/%E0%80%AE/tasks", "/api/%ff/tasks", "/api/{own}\\..\\{id}/tasks",
]  # fmt: skip


@pytest.mark.check("A06", "A07")
@pytest.mark.parametrize("path", PATHS)
def test_path_that_is_not_as_it_should_be_leads_to_nothing_of_others(
    api: Api, victim: Account, attacker: Account, task: dict[str, Any], path: str
) -> None:
    names = {"id": victim.user_id, "ID": victim.user_id.upper(), "own": attacker.user_id, "long": "x" * 2048}
    raw = path.format(**names, task=task["id"], TASK=task["id"].upper())
    status, text = _send_as_it_is(api.url, raw, {"authorization": attacker.headers["authorization"]})
    assert 400 <= status < 500, text
    assert task["title"] not in text


def _send_as_it_is(url: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Send a GET whose path no client library has tidied up."""
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


# ---- Headers and bodies ------------------------------------------------------------------------------------------------


@pytest.mark.check("A02")
@pytest.mark.parametrize("header", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_method_in_a_header_is_ignored(api: Api, victim: Account, task: dict[str, Any], header: str) -> None:
    answer = api.client.get(f"/api/me/tasks/{task['id']}", headers={**victim.headers, header: "DELETE"})
    assert (answer.status_code, answer.json()) == (200, task)


@pytest.mark.check("A02")
@pytest.mark.parametrize(
    "header",
    ["x-original-url", "x-rewrite-url", "x-forwarded-prefix", "x-user-id", "x-amzn-oidc-identity", "x-amz-user"],
)
def test_identity_or_path_in_a_header_is_ignored(
    api: Api, victim: Account, attacker: Account, task: dict[str, Any], header: str
) -> None:
    for value in (victim.user_id, f"/api/{victim.user_id}/tasks"):
        answer = api.client.get("/api/me/tasks", headers={**attacker.headers, header: value})
        assert (answer.status_code, answer.json()["items"]) == (200, [])


BODIES: dict[str, tuple[bytes, int]] = {
    "100,000 brackets": (b"[" * 100_000, 413),
    "60,000 brackets": (b"[" * 60_000, 400),
    "10,000 objects": (b'{"a":' * 10_000, 400),
    "64 KB and a byte": (b'{"title":"' + b"x" * 65_525 + b'"}', 413),
    "1 MB of NUL": (b"\0" * 1_000_000, 413),
    "a bomb in gzip": (gzip.compress(b"[" * 10_000_000), 400),
    "UTF-16": ('{"title":"x"}'.encode("utf-16"), 400),
    "a lone surrogate": (b'{"title":"\\ud800"}', 400),
    "an operator": (b'{"title":{"$gt":""}}', 422),
    "a prototype": (b'{"title":"x","__proto__":{"user_id":"x"}}', 422),
    "the same name twice": (b'{"title":"x","user_id":"x","title":"y"}', 422),
}


@pytest.mark.check("H01", "H03", "H04", "A04")
@pytest.mark.parametrize("name", BODIES)
def test_hostile_body_is_refused(api: Api, attacker: Account, name: str) -> None:
    content, status = BODIES[name]
    headers = {**attacker.headers, **JSON} | ({"content-encoding": "gzip"} if "gzip" in name else {})
    answer = api.client.post("/api/me/tasks", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.client.get("/api/me/tasks", headers=attacker.headers).json()["items"] == []


@pytest.mark.check("H11")
@pytest.mark.parametrize("cursor", ["AAAA", "../..", "%00", "' OR 1=1", "{}", "eyJwayI6IlVTRVIjeCJ9", "x" * 4000])
def test_cursor_that_was_never_given_out_is_refused_400(api: Api, attacker: Account, cursor: str) -> None:
    answer = api.client.get("/api/me/tasks", params={"cursor": cursor}, headers=attacker.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


# ---- Guesses -----------------------------------------------------------------------------------------------------------


@pytest.mark.check("P11", "P13", "P15")
def test_20_guesses_at_once_behind_forged_addresses_are_5_failures_and_lock_out_nobody_else(
    api: Api, attacker: Account
) -> None:
    def guess() -> tuple[list[Sent], Sent]:
        email = api.register().email

        def one(number: int) -> httpx.Response:
            body, headers = {"email": email, "password": "a guess"}, {"x-forwarded-for": f"192.0.2.{number}"}
            return api.client.post("/api/auth/login", json=body, headers=headers)

        return at_once(20, one), sent(lambda: one(20))

    guesses, next_guess = api.timely(guess, in_one_window)
    statuses = Counter(one.answer.status_code for one in guesses)
    lost = sum(one.lost for one in guesses)  # a guess without an answer may have been counted
    assert statuses.keys() <= {401, 429}
    assert 5 - lost <= statuses[401] <= 5
    refused = next_guess.answer
    assert refused.json()["code"] == "too_many_requests"
    seconds = int(refused.headers["retry-after"])
    assert 0 < seconds <= QUARTER
    assert refused.headers["ratelimit-policy"] == f'"log_in_failures";q=5;w={QUARTER}'
    assert refused.headers["ratelimit"] == f'"log_in_failures";r=0;t={seconds}'
    assert api.log_in(attacker.email).user_id == attacker.user_id


# ---- What all this has left in the logs --------------------------------------------------------------------------------


@pytest.mark.check("I04")
def test_logs_of_the_server_hold_no_secret(api: Api, victim: Account, attacker: Account) -> None:
    if api.server is None:
        pytest.skip("the logs of a deployment are not at hand")
    for headers in ({"user-agent": victim.access_token}, {"referer": PASSWORD}, {"x-request-id": victim.email}):
        api.client.get("/api/health", params={"password": PASSWORD}, headers=headers)
    logs = "".join(path.read_text() for path in (Path(api.server.facts["state"]) / "logs").glob("*Function.log"))
    assert logs.count('"route":"GET /api/health"') >= 3
    for account in (victim, attacker):
        secrets = (account.access_token, account.refresh_token, account.email, account.password)
        assert not [secret for secret in secrets if secret in logs]
