"""What somebody does with the client that is generated from openapi.json: `python client_story.py URL EMAIL`.

Not a module of the tests, because the client is there only while test_generated_client.py runs; that type-checks it, too.
"""

import sys
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from lambdo_client import AuthenticatedClient, Client
from lambdo_client.api.account import get_me, register
from lambdo_client.api.sessions import log_in, log_out, refresh_session
from lambdo_client.api.tags import create_tag
from lambdo_client.api.tasks import (
    change_tasks,
    complete_task,
    create_task,
    delete_task,
    get_task,
    list_tasks,
    update_task,
)
from lambdo_client.api.trash import list_trash, restore_task
from lambdo_client.models import (
    BulkResults,
    ChangeTasks,
    CompleteOperation,
    CreateOperation,
    CreateTag,
    CreateTask,
    CreateTaskPriority,
    EmailAlreadyExistsOrIdempotencyKeyInUseOrStorageFull,
    IdempotencyKeyReusedOrInvalidFields,
    InvalidCredentials,
    InvalidRefreshTokenOrRefreshTokenReused,
    LoggedIn,
    LogIn,
    LogOut,
    PreconditionFailed,
    PreconditionFailedCode,
    Refresh,
    Register,
    Tag,
    Task,
    TaskNotFound,
    TaskPage,
    Tokens,
    TrashPage,
    Unauthenticated,
    UpdateTask,
    User,
)
from lambdo_client.types import UNSET, Response, Unset

PASSWORD = "correct-horse-battery"


def told[Model](answer: Response[Any], status: HTTPStatus, model: type[Model]) -> Model:
    """Return what was answered, which must be this."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    assert isinstance(answer.parsed, model), answer.parsed
    return answer.parsed


def sign_up(client: Client, email: str) -> LoggedIn:
    """Register and log in; the address cannot be taken again, and another password is refused."""
    account = Register(email=email, password=PASSWORD, name="Ada")
    user = told(register.sync_detailed(client=client, body=account), HTTPStatus.CREATED, User)
    assert (user.email, user.name, user.email_verified) == (email, "Ada", False)
    taken = register.sync_detailed(client=client, body=account)
    told(taken, HTTPStatus.CONFLICT, EmailAlreadyExistsOrIdempotencyKeyInUseOrStorageFull)
    wrong = log_in.sync_detailed(client=client, body=LogIn(email=email, password="something else"))
    assert told(wrong, HTTPStatus.UNAUTHORIZED, InvalidCredentials).code == "invalid_credentials"
    answer = log_in.sync_detailed(client=client, body=LogIn(email=email, password=PASSWORD))
    return told(answer, HTTPStatus.OK, LoggedIn)


def make_tasks(client: AuthenticatedClient) -> list[Task]:
    """Make a tag and three tasks that have it, each with a key; a task without a title is refused, by its field."""
    tag = told(create_tag.sync_detailed("me", client=client, body=CreateTag(name="Work")), HTTPStatus.CREATED, Tag)
    tasks = []
    for title in ("one", "two", "three"):
        body = CreateTask(title=title, priority=CreateTaskPriority.HIGH, tag_ids=[tag.id])
        key = str(uuid4())
        answers = [create_task.sync_detailed("me", client=client, body=body, idempotency_key=key) for _ in range(2)]
        first, again = (told(answer, HTTPStatus.CREATED, Task) for answer in answers)
        assert first == again
        assert answers[1].headers["idempotent-replayed"] == "true"
        assert [one.name for one in first.tags] == ["Work"]
        tasks.append(first)
    refused = create_task.sync_detailed("me", client=client, body=CreateTask(title=" "))
    problem = told(refused, HTTPStatus.UNPROCESSABLE_ENTITY, IdempotencyKeyReusedOrInvalidFields)
    assert not isinstance(problem.errors, Unset)
    assert [error.loc for error in problem.errors] == [["body", "title"]]
    return tasks


def read_pages(client: AuthenticatedClient, like: Task) -> list[str]:
    """Return the titles of all tasks that have the tags of this one, page by page."""
    titles: list[str] = []
    tags = [tag.id for tag in like.tags]
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        answer = list_tasks.sync_detailed("me", client=client, limit=2, tag=tags, cursor=cursor)
        page = told(answer, HTTPStatus.OK, TaskPage)
        titles += [task.title for task in page.items]
        cursor = page.next_cursor
    return titles


def edit(client: AuthenticatedClient, task: Task) -> None:
    """Change the title of the version that was read; the same once more is refused, as the version is another now."""
    read = get_task.sync_detailed("me", task.id, client=client)
    tag, change = read.headers["etag"], UpdateTask(title="new")
    changed = update_task.sync_detailed("me", task.id, client=client, body=change, if_match=tag)
    assert told(changed, HTTPStatus.OK, Task).priority == "high"
    late = update_task.sync_detailed("me", task.id, client=client, body=change, if_match=tag)
    problem = told(late, HTTPStatus.PRECONDITION_FAILED, PreconditionFailed)
    assert problem.code is PreconditionFailedCode.PRECONDITION_FAILED
    done = told(complete_task.sync_detailed("me", task.id, client=client), HTTPStatus.OK, Task)
    assert done.completed_at is not None
    unchanged = get_task.sync_detailed("me", task.id, client=client, if_none_match=f'"v{done.version}"')
    assert unchanged.status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}


def change_many(client: AuthenticatedClient, task: Task) -> None:
    """Complete one task and make another, in one request; the operation on an unknown task is refused by itself."""
    operations: list[CompleteOperation | CreateOperation] = [
        CompleteOperation(op="complete", task_id=task.id, completed=True),
        CreateOperation(op="create", task=CreateTask(title="four")),
        CompleteOperation(op="complete", task_id=task.user_id),
    ]
    answer = change_tasks.sync_detailed("me", client=client, body=ChangeTasks(operations=[*operations]))
    results = told(answer, HTTPStatus.OK, BulkResults).results
    assert [result.status for result in results] == [200, 201, 404]
    assert isinstance(results[1].task, Task)
    assert not isinstance(results[2].problem, Unset)
    assert results[2].problem.code == "task_not_found"


def delete_and_restore(client: AuthenticatedClient, task: Task) -> None:
    """Move a task into the trash, and have it back."""
    assert delete_task.sync_detailed("me", task.id, client=client).status_code == HTTPStatus.NO_CONTENT
    told(get_task.sync_detailed("me", task.id, client=client), HTTPStatus.NOT_FOUND, TaskNotFound)
    trash = told(list_trash.sync_detailed("me", client=client), HTTPStatus.OK, TrashPage)
    assert [(one.id, one.expires_at > one.deleted_at) for one in trash.items] == [(task.id, True)]
    restored = told(restore_task.sync_detailed("me", task.id, client=client), HTTPStatus.OK, Task)
    assert restored.tags == task.tags


def leave(client: AuthenticatedClient, tokens: LoggedIn) -> None:
    """Refresh, log out, and find that neither refresh token is good any more."""
    assert isinstance(tokens.refresh_token, str)
    answer = refresh_session.sync_detailed(client=client, body=Refresh(refresh_token=tokens.refresh_token))
    fresh = told(answer, HTTPStatus.OK, Tokens)
    assert isinstance(fresh.refresh_token, str)
    gone = log_out.sync_detailed(client=client, body=LogOut(refresh_token=fresh.refresh_token))
    assert gone.status_code == HTTPStatus.NO_CONTENT
    refused = refresh_session.sync_detailed(client=client, body=Refresh(refresh_token=fresh.refresh_token))
    told(refused, HTTPStatus.UNAUTHORIZED, InvalidRefreshTokenOrRefreshTokenReused)


def main(url: str, email: str) -> None:
    """Tell the story, on the API at this address."""
    public = Client(base_url=url, raise_on_unexpected_status=True)
    tokens = sign_up(public, email)
    client = AuthenticatedClient(base_url=url, token=tokens.access_token, raise_on_unexpected_status=True)
    assert told(get_me.sync_detailed(client=client), HTTPStatus.OK, User).id == tokens.user.id
    forged = AuthenticatedClient(base_url=url, token=f"{tokens.access_token}x", raise_on_unexpected_status=True)
    told(get_me.sync_detailed(client=forged), HTTPStatus.UNAUTHORIZED, Unauthenticated)
    one, two, three = make_tasks(client)
    assert read_pages(client, one) == ["three", "two", "one"]
    edit(client, one)
    change_many(client, two)
    delete_and_restore(client, three)
    leave(client, tokens)


if __name__ == "__main__":
    main(*sys.argv[1:])
