"""`make dev SEED=1`: a demo account with a few dozen realistic tasks, created through the HTTP API."""

import contextlib
import http.client
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tools.local.console import complain, say

EMAIL, PASSWORD, NAME = "demo@example.com", "violet-harbour-quilt-27", "Robin Demo"

TAGS = {"Work": "#0090ff", "Home": "#46a758", "Errands": "#f76b15", "On call": "#e5484d", "Reading": "#8e4ec6"}


class DemoTask(NamedTuple):
    """A row of TASKS; `due` is in days from today, negative for overdue, `at` the time of that day in UTC."""

    title: str
    priority: str | None = None
    due: int | None = None
    tags: tuple[str, ...] = ()
    at: str | None = None
    description: str | None = None
    done: bool = False


TASKS = [
    DemoTask("Collect receipts for the tax return", due=45, tags=("Home",)),
    DemoTask("Plan the migration of the mailing list", due=30, tags=("Work",)),
    DemoTask("Compare quotes for the office cleaning", "low", 20, ("Work",)),
    DemoTask(
        "Book the venue for the spring offsite",
        "high",
        12,
        ("Work",),
        None,
        "About 40 people, near a station, with rooms.",
    ),
    DemoTask("Cancel the unused analytics subscription", due=10, tags=("Work",)),
    DemoTask("Write the job description for a support engineer", due=9, tags=("Work",)),
    DemoTask("Set up a calendar for the on-call rota", due=8, tags=("On call",)),
    DemoTask("Call the dentist for an appointment", due=7, tags=("Errands",)),
    DemoTask("Buy a birthday present for Jonas", due=6, tags=("Errands",), description="He still has no bread knife."),
    DemoTask("Rotate the API keys of the staging cluster", "high", 5, ("On call",)),
    DemoTask("Fix the flaky login test", "high", 4, ("Work",)),
    DemoTask("Renew the domain name", "high", 3),
    DemoTask("Draft the release notes for 2.4", due=2, tags=("Work",)),
    DemoTask("Prepare slides for the architecture meeting", "high", 2, ("Work",), "14:30"),
    DemoTask("Reply to the landlord about the boiler", due=1, tags=("Home",)),
    DemoTask("Test the restore of last week's backup", "high", 1, ("On call",), "09:00"),
    DemoTask("Water the plants in meeting room B", "low", 0, ("Work",)),
    DemoTask(
        "Review Priya's pull request on pagination",
        None,
        0,
        ("Work",),
        None,
        "Cursors, not offsets. Look at the empty last page.",
    ),
    DemoTask("Stand-up with the platform team", due=0, tags=("Work",), at="23:15"),
    DemoTask("Pick up the parcel at the corner shop", due=0, tags=("Errands",)),
    DemoTask("Return the library books", due=-1, tags=("Errands", "Reading")),
    DemoTask("Send the Q3 invoice to Larkspur Ltd", "high", -2, ("Work",), None, "With the new bank details."),
    DemoTask("Order new filters for the coffee machine", "low", tags=("Work",)),
    DemoTask("Back up the photos from the old phone", "low", tags=("Home",)),
    DemoTask("Repair the bicycle lamp", "low", tags=("Home",)),
    DemoTask("Try the new bakery on Harbour Street", tags=("Errands",)),
    DemoTask("Update the emergency contacts"),
    DemoTask("Read the paper on adaptive retries", "low", tags=("Reading",)),
    DemoTask("Pay the electricity bill", "high", -5, ("Home",), done=True),
    DemoTask("Interview the first candidate", due=-3, tags=("Work",), done=True),
    DemoTask("Publish the accessibility statement", tags=("Work",), done=True),
    DemoTask("Replace the smoke detector's battery", "high", tags=("Home",), done=True),
    DemoTask("Archive the tickets of the old project", "low", tags=("Work",), done=True),
    DemoTask("Send the contract back to the printers", due=-8, tags=("Work",), done=True),
    DemoTask("Move the weekly stand-up to 09:30", done=True),
    DemoTask("Thank the beta testers", due=-1, tags=("Work",), done=True),
]


def seed(url: str) -> None:
    """Create the account and its tasks unless they exist, and print the credentials."""
    try:
        call(
            "POST",
            f"{url}/api/auth/register",
            {"email": EMAIL, "password": PASSWORD, "name": NAME},
            expected={201, 409},
        )
        token = call("POST", f"{url}/api/auth/login", {"email": EMAIL, "password": PASSWORD})["access_token"]
        if not call("GET", f"{url}/api/me/tasks?limit=1", token=token)["items"]:
            fill(url, token)
    except (OSError, KeyError, ValueError, http.client.HTTPException) as error:
        complain(f"SEED: could not complete the demo account: {error}")
        return
    say(f"Demo account: {EMAIL} / {PASSWORD}")


def fill(url: str, token: str) -> None:
    """Create the demo account's tags and tasks."""
    tag_ids = {tag["name"]: tag["id"] for tag in call("GET", f"{url}/api/me/tags", token=token)["items"]}
    for name, color in TAGS.items():
        if name not in tag_ids:  # a start that was interrupted made it
            tag = call("POST", f"{url}/api/me/tags", {"name": name, "color": color}, token=token, expected={201})
            tag_ids[name] = tag["id"]
    for task in TASKS:
        call("POST", f"{url}/api/me/tasks", build_body(task, tag_ids), token=token, expected={201})


def build_body(task: DemoTask, tag_ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of POST /api/{user_id}/tasks for one row of TASKS."""
    body: dict[str, Any] = {
        "title": task.title,
        "completed": task.done,
        "tag_ids": [tag_ids[name] for name in task.tags],
    }
    if task.priority:
        body["priority"] = task.priority
    if task.description:
        body["description"] = task.description
    if task.due is not None:
        day = (datetime.now(UTC) + timedelta(days=task.due)).date().isoformat()
        body["due_date"] = f"{day}T{task.at}:00Z" if task.at else day
    return body


def call(
    method: str,
    url: str,
    body: object = None,
    *,
    token: str | None = None,
    expected: Collection[int] = (200,),
) -> dict[str, Any]:
    """Return the decoded response to one request; raises OSError for an unexpected status."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)  # never through a proxy
    with contextlib.closing(connection):
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
    if response.status not in expected:
        raise OSError(f"{method} {url} returned {response.status} {content[:200].decode('utf-8', 'replace')}")
    answer: dict[str, Any] = json.loads(content or b"{}")
    return answer
