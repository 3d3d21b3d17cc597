"""Two endpoints as the documentation of FastAPI, Mangum and boto3 writes them: one app in one function."""

import os
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI()
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])

RANKS = {"low": 1, "medium": 2, "high": 3}


class NewTask(BaseModel):
    """The body of a request for a new task."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=1000)] | None = None
    completed: bool = False
    priority: Literal["low", "medium", "high"] = "medium"


class Task(BaseModel):
    """A task as it is answered."""

    id: str
    user_id: str
    title: str
    description: str | None = None
    completed: bool
    completed_at: str | None = None
    priority: str
    due_date: str | None = None
    version: int
    created_at: str
    updated_at: str
    tags: list[str] = []


class Page(BaseModel):
    """Tasks, and where the next ones begin."""

    items: list[Task]
    next_cursor: str | None


def caller(request: Request, user_id: str) -> str:
    """Return whom the authorizer has let in, if the path is theirs."""
    verified: str = request.scope["aws.event"]["requestContext"]["authorizer"]["lambda"]["user_id"]
    if user_id not in {"me", verified}:
        raise HTTPException(403)
    return verified


Caller = Annotated[str, Depends(caller)]


@app.post("/api/{user_id}/tasks", status_code=201)
def create_task(body: NewTask, user: Caller) -> Task:
    """Create a task."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    task = Task(
        id=new_id(),
        user_id=user,
        completed_at=now if body.completed else None,
        version=1,
        created_at=now,
        updated_at=now,
        **body.model_dump(),
    )
    status = "done" if task.completed else "open"
    item = {
        "pk": f"USER#{user}",
        "sk": f"TASK#{task.id}",
        "lsi1sk": f"{status}#{task.id}",
        "lsi3sk": f"{status}#{RANKS[task.priority]}#{task.id}",
        **task.model_dump(exclude_none=True, exclude={"id", "user_id", "tags"}),
    }
    table.put_item(Item=item, ConditionExpression=Attr("pk").not_exists())
    return task


@app.get("/api/{user_id}/tasks")
def list_tasks(user: Caller, limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: str | None = None) -> Page:
    """Return a page of tasks, newest first."""
    pk, position = f"USER#{user}", {}
    if cursor:
        position["ExclusiveStartKey"] = {"pk": pk, "sk": urlsafe_b64decode(cursor).decode()}
    answer = table.query(
        KeyConditionExpression=Key("pk").eq(pk) & Key("sk").begins_with("TASK#"),
        ConsistentRead=True,
        ScanIndexForward=False,
        Limit=limit,
        **position,
    )
    last: dict[str, Any] = answer.get("LastEvaluatedKey", {})
    return Page(
        items=[Task(id=item["sk"].removeprefix("TASK#"), user_id=user, **item) for item in answer["Items"]],
        next_cursor=urlsafe_b64encode(last["sk"].encode()).decode() if last else None,
    )


def new_id() -> str:
    """Return a UUIDv7, which Python has from 3.14 on."""
    stamp = time.time_ns() // 1_000_000
    random = uuid.uuid4().int & (1 << 74) - 1
    return str(uuid.UUID(int=stamp << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & (1 << 62) - 1))


handler = Mangum(app, lifespan="off")
