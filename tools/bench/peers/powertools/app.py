"""Two endpoints as the documentation of Powertools' Event Handler and boto3 writes them: one resolver in one function."""

import os
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.event_handler.exceptions import ForbiddenError
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from boto3.dynamodb.conditions import Attr, Key
from pydantic import BaseModel, ConfigDict, Field

app = APIGatewayHttpResolver(enable_validation=True)
logger = Logger()
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


def caller(user_id: str) -> str:
    """Return whom the authorizer has let in, if the path is theirs."""
    verified: str = app.current_event.request_context.authorizer.get_lambda["user_id"]
    if user_id not in {"me", verified}:
        raise ForbiddenError("This is not yours.")
    return verified


@app.post("/api/<user_id>/tasks")
def create_task(user_id: str, body: NewTask) -> Response[Task]:
    """Create a task."""
    user = caller(user_id)
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
    logger.info("task created", task_id=task.id)
    return Response(status_code=201, content_type=content_types.APPLICATION_JSON, body=task)


@app.get("/api/<user_id>/tasks")
def list_tasks(
    user_id: str, limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: Annotated[str | None, Query()] = None
) -> Page:
    """Return a page of tasks, newest first."""
    user = caller(user_id)
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
    logger.info("tasks listed", count=len(answer["Items"]))
    return Page(
        items=[Task(id=item["sk"].removeprefix("TASK#"), user_id=user, **item) for item in answer["Items"]],
        next_cursor=urlsafe_b64encode(last["sk"].encode()).decode() if last else None,
    )


def new_id() -> str:
    """Return a UUIDv7, which Python has from 3.14 on."""
    stamp = time.time_ns() // 1_000_000
    random = uuid.uuid4().int & (1 << 74) - 1
    return str(uuid.UUID(int=stamp << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & (1 << 62) - 1))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Resolve the route."""
    return app.resolve(event, context)
