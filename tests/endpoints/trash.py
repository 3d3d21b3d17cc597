"""The trash."""

from tests.endpoints.members import PAGE
from tests.endpoints.members import TASK as MEMBERS
from tools.in_process.endpoints import Endpoint, Request

TRASH = "/api/{user_id}/tasks/trash"
RESTORE = f"{TRASH}/{{task_id}}/restore"
V1 = {"if-match": '"v1"'}
DELETED = {"task_id": "deleted"}
EMPTY = Request("", 200, method="DELETE", path=TRASH)
DELETE_HOME = Request("", 204, method="DELETE", path="/api/{user_id}/tags/{tag_id}", ids={"tag_id": "home"})

ENDPOINTS = [
    Endpoint(
        "GET",
        TRASH,
        [
            Request("", 200, example="One deleted task"),
            Request("first page, cold start", 200, query="limit=1", cold=True),
        ],
        shows=MEMBERS | PAGE | {"deleted_at", "expires_at"},
    ),
    Endpoint("DELETE", TRASH, [Request("", 200, example="One task deleted")], shows=frozenset({"deleted", "more"})),
    Endpoint(
        "POST",
        RESTORE,
        [
            Request("deleted", 200, ids=DELETED, again=404, rival=DELETE_HOME, example="Restore"),
            Request("deleted, If-Match", 200, ids=DELETED, headers=V1, again=404, rival=EMPTY, overtaken=404),
            Request("not deleted", 404, ids={"task_id": "plain"}),
        ],
        shows=MEMBERS,
    ),
]
