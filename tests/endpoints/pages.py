"""What is public and the same for everybody: pages, files, keys, health."""

from tests.endpoints.members import KEYS
from tools.in_process.endpoints import Endpoint, Request

ENDPOINTS = [
    Endpoint("GET", "/", [Request("", 200)], public=True),
    Endpoint("GET", "/.well-known/jwks.json", [Request("", 200, example="The public keys")], shows=KEYS, public=True),
    Endpoint("GET", "/api/health", [Request("", 200, example="Available")], shows=frozenset({"status"}), public=True),
    Endpoint("GET", "/app", [Request("", 200)], public=True),
    Endpoint(
        "GET",
        "/app/{path+}",
        [Request("", 200), Request("no such file", 404, ids={"path": "unknown.js"}, example="File not found")],
        public=True,
    ),
    Endpoint("GET", "/docs", [Request("", 200)], public=True),
    Endpoint("GET", "/docs/{file}", [Request("", 200)], public=True),
    Endpoint("GET", "/openapi.json", [Request("", 200)], public=True),
]
