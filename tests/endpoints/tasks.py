"""Tasks, and the tags on them."""

from dataclasses import replace
from typing import Any

from tests.endpoints.members import PAGE, PROBLEM
from tests.endpoints.members import TASK as MEMBERS
from tools.in_process.api import UNKNOWN_ID
from tools.in_process.endpoints import Endpoint, Request

TASKS = "/api/{user_id}/tasks"
TASK = f"{TASKS}/{{task_id}}"
COMPLETE = f"{TASK}/complete"
LINK = f"{TASK}/tags/{{tag_id}}"
BULK = f"{TASKS}/bulk"
V1 = {"if-match": '"v1"'}
MERGE_PATCH = {"content-type": "application/merge-patch+json"}
KEY = {"idempotency-key": "5f2c6e1a-7a0f-4c1e-9a52-0d6d3f1c8e77"}
TAGGED, DONE, GONE, OFFICE = {"task_id": "tagged"}, {"task_id": "done"}, {"task_id": "unknown"}, {"tag_id": "office"}
TITLE = {"title": "Buy oat milk"}
FULL = {"title": "Prepare the talk", "priority": "high", "due_date": "2026-12-24", "tag_ids": ["{home}", "{office}"]}
CALL = {"title": "Call Grace", "due_date": "2026-11-23T15:00:00+01:00"}
EDIT = Request("", 200, method="PUT", path=TASK, body={"description": "rival"})
DELETE = Request("", 204, method="DELETE", path=TASK)
TOGGLE = Request("", 200, method="PATCH", path=COMPLETE, ids=TAGGED)
DELETE_OFFICE = Request("", 204, method="DELETE", path="/api/{user_id}/tags/{tag_id}", ids=OFFICE)
STEPS: list[dict[str, Any]] = [
    {"op": "create", "task": {"title": "Book a table"}},
    {"op": "update", "task_id": "{plain}", "changes": {"priority": "low"}},
    {"op": "complete", "task_id": "{plain}"},
    {"op": "delete", "task_id": "{done}", "if_match": '"v1"'},
]
MIXED: list[dict[str, Any]] = [
    {"op": "create", "task": {"title": "Water the plants"}},
    {"op": "update", "task_id": "{plain}", "changes": {"description": "Two bottles"}},
    {"op": "complete", "task_id": "{tagged}", "completed": True},
    {"op": "delete", "task_id": UNKNOWN_ID},
]

ENDPOINTS = [
    Endpoint(
        "GET",
        TASKS,
        [
            Request("all", 200),
            Request("first page", 200, query="limit=1", example="A page of one"),
            Request("first page, cold start", 200, query="limit=1", cold=True),
            Request("next page", 200, query="limit=1&cursor={cursor}"),
            Request("by status", 200, query="status=open"),
            Request("by priority", 200, query="priority=medium"),
            Request("by text", 200, query="q=t"),
            Request("by due date", 200, query="due_before=2026-12-31"),
            Request("by tag", 200, query="tag={home}", example="By tag"),
            Request("by two tags and status", 200, query="tag={home}&tag={errands}&status=open"),
            Request("in due order", 200, query="sort=due_date"),
        ],
        shows=MEMBERS | PAGE,
        examples=[
            Request("Cursor of another list", 400, query="cursor=abc"),
            Request("Another user's path", 403, ids={"user_id": "unknown"}),
        ],
    ),
    Endpoint(
        "POST",
        TASKS,
        [
            Request("without tags", 201, body=TITLE, twice=True, example="Only a title"),
            Request(
                "with two tags",
                201,
                body=FULL,
                twice=True,
                rival=DELETE_OFFICE,
                overtaken=404,
                example="All fields",
            ),
            Request("with an unknown tag", 404, body={"title": "new", "tag_ids": [UNKNOWN_ID]}),
        ],
        shows=MEMBERS,
        examples=[
            Request("Due at a point in time", 201, body=CALL),
            Request(
                "Key reused with another body",
                422,
                body={"title": "Call Alan"},
                headers=KEY,
                after=(Request("", 201, body=CALL, headers=KEY),),
            ),
            Request("Invalid fields", 422, body={"title": " ", "priority": "urgent", "owner": "me"}),
            Request("Not JSON", 400, raw="{"),
            Request("Not a JSON media type", 415, raw="title=x", headers={"content-type": "text/plain"}),
            Request("Body too large", 413, body={"title": "x" * 70_000}),
        ],
    ),
    Endpoint(
        "POST",
        BULK,
        [
            Request("one of each", 200, body={"operations": STEPS}, twice=True, in_steps=True, example="One of each"),
            Request("one of each, dry run", 200, body={"operations": STEPS, "dry_run": True}, in_steps=True),
        ],
        shows=MEMBERS | PROBLEM | {"results", "status", "task", "problem"},
        largest_body=2**20,
        examples=[Request("One fails, the others do not", 200, body={"operations": MIXED})],
    ),
    Endpoint(
        "GET",
        TASK,
        [
            Request("without tags", 200),
            Request("with two tags", 200, ids=TAGGED, example="A task"),
            Request("unchanged", 304, headers={"if-none-match": '"v1"'}),
            Request("unknown", 404, ids=GONE, example="Task not found"),
        ],
        shows=MEMBERS,
    ),
    Endpoint(
        "PUT",
        TASK,
        [
            Request("title", 200, body=TITLE, twice=True, rival=DELETE, overtaken=404, example="With PUT"),
            Request("title, If-Match", 200, body=TITLE, headers=V1, again=412, rival=EDIT, overtaken=412),
            Request("title, of a task with tags", 200, ids=TAGGED, body=TITLE, twice=True, late=503),
            Request("unknown", 404, ids=GONE, body=TITLE),
        ],
        shows=MEMBERS,
    ),
    Endpoint(
        "PATCH",
        TASK,
        [
            Request("priority", 200, body={"priority": "high"}, rival=EDIT, example="Another priority"),
            Request("due date, If-Match", 200, ids=DONE, body={"due_date": None}, headers=V1, again=412),
            Request(
                "tags",
                200,
                ids=TAGGED,
                body={"tag_ids": ["{home}", "{office}"]},
                rival=DELETE_OFFICE,
                overtaken=404,
            ),
            Request("nothing new", 200, body={"priority": "medium"}),
        ],
        shows=MEMBERS,
        examples=[
            Request("Clear a field", 200, ids=DONE, body={"due_date": None}, headers=MERGE_PATCH),
            Request("The task has changed", 412, body={"title": "Buy oat milk"}, headers={"if-match": '"v9"'}),
            Request("Not an entity tag", 400, body={"title": "Buy oat milk"}, headers={"if-match": "v1"}),
        ],
    ),
    Endpoint(
        "DELETE",
        TASK,
        [
            Request("without tags", 204, again=404, rival=EDIT),
            Request(
                "with two tags, If-Match",
                204,
                ids=TAGGED,
                headers=V1,
                again=404,
                rival=replace(EDIT, ids=TAGGED),
                overtaken=412,
            ),
        ],
    ),
    Endpoint(
        "PATCH",
        COMPLETE,
        [
            Request("toggle", 200, ids=TAGGED, twice=True, rival=TOGGLE, example="Toggle"),
            Request("set", 200, body={"completed": True}, rival=DELETE, overtaken=404, example="Complete"),
            Request("set, If-Match", 200, body={"completed": True}, headers=V1, again=412),
            Request("nothing new", 200, ids=DONE, body={"completed": True}),
        ],
        shows=MEMBERS,
    ),
    Endpoint(
        "PUT",
        LINK,
        [
            Request("new", 200, ids=OFFICE, rival=DELETE_OFFICE, overtaken=404, example="Add a tag"),
            Request("new, If-Match", 200, ids=OFFICE, headers=V1, again=412, rival=EDIT, overtaken=412),
            Request("nothing new", 200, ids=TAGGED),
            Request("unknown tag", 404, ids={"tag_id": "unknown"}),
        ],
        shows=MEMBERS,
    ),
    Endpoint(
        "DELETE",
        LINK,
        [
            Request("there", 204, ids=TAGGED, rival=TOGGLE),
            Request("nothing new", 204, ids=OFFICE),
        ],
    ),
]
