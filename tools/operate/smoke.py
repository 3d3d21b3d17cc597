"""`make smoke URL=URL`: try a deployed API as a new user would, leaving nothing behind.

It makes one account and deletes it again, even if a step fails. The account's address belongs to Amazon SES's mailbox simulator, which
accepts every email: https://docs.aws.amazon.com/ses/latest/DeveloperGuide/mailbox-simulator.html

The end-to-end tests (LAMBDO_URL) try more, but they make dozens of accounts at once, which a deployment's throttles refuse, and they do not
delete them.
"""

import argparse
import re
import secrets
import sys
import uuid
from typing import Any, Final

import boto3
import httpx
from botocore.exceptions import BotoCoreError, ClientError

SECONDS: Final = 30.0  # a first request may start a function and its connections


class SmokeError(Exception):
    """A step got an unexpected response; the message names both."""


def main(arguments: list[str] | None = None) -> int:
    """Try the API; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--url", help="the URL of the API")
    which.add_argument("--stack", help="the stack whose output ApiUrl is the URL")
    options = parser.parse_args(arguments)
    try:
        url = options.url or find_url(options.stack)
        with httpx.Client(base_url=url, timeout=SECONDS) as client:
            try_out(client)
    except (BotoCoreError, ClientError, httpx.HTTPError, SmokeError) as error:
        print(f"smoke: {error}", file=sys.stderr)
        return 1
    print(f"smoke: {url} works")
    return 0


def find_url(stack: str) -> str:
    """Return the stack's output ApiUrl."""
    outputs = boto3.resource("cloudformation").Stack(stack).outputs
    return next(str(one["OutputValue"]) for one in outputs if one["OutputKey"] == "ApiUrl")


def try_out(client: httpx.Client) -> None:
    """Register, log in, work, refresh, delete the account; raises SmokeError at the first unexpected response."""
    read_pages(client)
    expect(client.get("/api/health"), 200)
    expect(client.get("/.well-known/jwks.json"), 200)
    expect(client.get("/api/auth/me"), 401)
    email = f"success+{uuid.uuid4().hex}@simulator.amazonses.com"
    credentials = {"email": email, "password": secrets.token_urlsafe()}
    expect(client.post("/api/auth/register", json=credentials), 201)
    tokens = expect(client.post("/api/auth/login", json=credentials), 200)
    client.headers["authorization"] = f"Bearer {tokens['access_token']}"
    try:
        work(client)
        fresh = expect(client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]}), 200)
    finally:
        expect(client.request("DELETE", "/api/auth/me", json={"password": credentials["password"]}), 202)
    expect(client.post("/api/auth/refresh", json={"refresh_token": fresh["refresh_token"]}), 401)


def read_pages(client: httpx.Client) -> None:
    """Get the front page and every page that it links to: the app, the documentation, the OpenAPI document, as far as they are served."""
    page = client.get("/")
    expect(page, 200)
    for path in re.findall(r'<a href="(/[^"]+)"', page.text):
        expect(client.get(path), 200)


def work(client: httpx.Client) -> None:
    """Make a tag and a task; list, complete and delete the task; check that another user's tasks are refused."""
    tag = expect(client.post("/api/me/tags", json={"name": "Smoke"}), 201)
    task = expect(client.post("/api/me/tasks", json={"title": "Try it", "tag_ids": [tag["id"]]}), 201)
    path = f"/api/me/tasks/{task['id']}"
    listed = expect(client.get("/api/me/tasks", params={"status": "open"}), 200)
    if listed["items"] != [task]:
        raise SmokeError(f"GET /api/me/tasks does not list the new task, but {listed}")
    expect(client.get(f"/api/{uuid.uuid4()}/tasks"), 403)
    expect(client.post("/api/me/tasks", json={"title": ""}), 422)
    expect(client.patch(f"{path}/complete"), 200)
    expect(client.delete(path), 204)
    expect(client.get(path), 404)


def expect(response: httpx.Response, status: int) -> dict[str, Any]:
    """Return the response's body, or raise SmokeError for another status."""
    if response.status_code != status:
        request = f"{response.request.method} {response.request.url.path}"
        raise SmokeError(f"{request} returned {response.status_code}, not {status}: {response.text}")
    body: dict[str, Any] = response.json() if response.headers.get("content-type") == "application/json" else {}
    return body


if __name__ == "__main__":
    sys.exit(main())
