"""`make dev SEED=1`: a demo account with a few dozen believable tasks, made through the HTTP API itself."""

import contextlib
import http.client
import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tools.local.console import complain, say

EMAIL, PASSWORD, NAME = "demo@example.com", "violet-harbour-quilt-27", "Robin Demo"

# title, priority, days until due (negative: overdue), done
TASKS: list[tuple[str, str | None, int | None, bool]] = [
    ("Renew the domain name", "high", 3, False),
    ("Book the venue for the spring offsite", "high", 12, False),
    ("Send the Q3 invoice to Larkspur Ltd", "high", -2, False),
    ("Reply to the landlord about the boiler", "medium", 1, False),
    ("Rotate the API keys of the staging cluster", "high", 5, False),
    ("Draft the release notes for 2.4", "medium", 2, False),
    ("Order new filters for the coffee machine", "low", None, False),
    ("Review Priya's pull request on pagination", "medium", 0, False),
    ("Back up the photos from the old phone", "low", None, False),
    ("Call the dentist for an appointment", "medium", 7, False),
    ("Compare quotes for the office cleaning", "low", 20, False),
    ("Write the job description for a support engineer", "medium", 9, False),
    ("Fix the flaky login test", "high", 4, False),
    ("Plan the migration of the mailing list", None, 30, False),
    ("Return the library books", "medium", -1, False),
    ("Buy a birthday present for Jonas", "medium", 6, False),
    ("Read the paper on adaptive retries", "low", None, False),
    ("Update the emergency contacts", None, None, False),
    ("Cancel the unused analytics subscription", "medium", 10, False),
    ("Prepare slides for the architecture meeting", "high", 2, False),
    ("Water the plants in meeting room B", "low", 0, False),
    ("Collect receipts for the tax return", "medium", 45, False),
    ("Try the new bakery on Harbour Street", None, None, False),
    ("Set up a calendar for the on-call rota", "medium", 8, False),
    ("Repair the bicycle lamp", "low", None, False),
    ("Test the restore of last week's backup", "high", 1, False),
    ("Pay the electricity bill", "high", -5, True),
    ("Interview the first candidate", "medium", -3, True),
    ("Publish the accessibility statement", "medium", None, True),
    ("Replace the smoke detector's battery", "high", None, True),
    ("Archive the tickets of the old project", "low", None, True),
    ("Send the contract back to the printers", "medium", -8, True),
    ("Move the weekly stand-up to 09:30", None, None, True),
    ("Upgrade the laptop to the new release", "low", None, True),
    ("Thank the beta testers", "medium", -1, True),
    ("Sort the cables in the store room", "low", None, True),
]


def seed(url: str) -> None:
    """Make the account and its tasks unless they are there, and print the credentials."""
    try:
        call(
            "POST",
            f"{url}/api/auth/register",
            {"email": EMAIL, "password": PASSWORD, "name": NAME},
            expected={201, 409},
        )
        token = call("POST", f"{url}/api/auth/login", {"email": EMAIL, "password": PASSWORD})["access_token"]
        if not call("GET", f"{url}/api/me/tasks?limit=1", token=token)["items"]:
            for task in TASKS:
                call("POST", f"{url}/api/me/tasks", body_of(*task), token=token, expected={201})
    except (OSError, KeyError, ValueError, http.client.HTTPException) as error:
        complain(f"SEED: the demo account is not complete: {error}")
        return
    say(f"Demo account: {EMAIL} / {PASSWORD}")


def body_of(title: str, priority: str | None, due_in_days: int | None, done: bool) -> dict[str, Any]:
    """Return the body of POST /api/{user_id}/tasks for one row of TASKS."""
    body: dict[str, Any] = {"title": title, "completed": done}
    if priority:
        body["priority"] = priority
    if due_in_days is not None:
        body["due_date"] = (datetime.now(UTC) + timedelta(days=due_in_days)).date().isoformat()
    return body


def call(
    method: str,
    url: str,
    body: object = None,
    *,
    token: str | None = None,
    expected: Collection[int] = (200,),
) -> dict[str, Any]:
    """Return the decoded answer of one request; raises OSError for an unexpected status."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)  # never through a proxy
    with contextlib.closing(connection):
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
    if response.status not in expected:
        raise OSError(f"{method} {url} answered {response.status} {content[:200].decode('utf-8', 'replace')}")
    answer: dict[str, Any] = json.loads(content or b"{}")
    return answer
