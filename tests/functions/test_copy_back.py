"""`make copy-back`: accounts come back from a restored table as they were, and nothing else changes."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.table import aws
from lambdo.table.wire import load
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Api, Caller
from tools.operate import copy_back
from tools.operate.target import Target, open_target

type Item = dict[str, Any]
type Dump = Callable[[], list[Item]]
type Snapshot = Callable[[], None]


@pytest.fixture
def snapshot(other: Target, dump: Dump) -> Snapshot:
    """Return what copies the whole table, as a restore does."""

    def copy() -> None:
        with other.table.batch_writer() as batch:
            for item in map(load, dump()):
                batch.put_item(Item=item)

    return copy


def test_tasks_trash_tags_and_links_become_what_they_were_and_the_session_goes_on(
    user: Caller, stranger: Caller, snapshot: Snapshot, dump: Dump
) -> None:
    kept, gone = user.create_tag(name="Kept"), user.create_tag(name="Gone")
    tasks = [user.create_task(title=f"task {number}", tag_ids=[kept["id"], gone["id"]]) for number in range(3)]
    trashed = [user.create_task(title=f"deleted {number}", tag_ids=[kept["id"]]) for number in range(2)]
    for task in trashed:
        user.call("DELETE", f"tasks/{task['id']}")
    stranger.create_task(title="before")
    before = _everything(user)
    snapshot()
    user.call("DELETE", f"tasks/{tasks[0]['id']}")
    user.call("POST", f"tasks/trash/{trashed[0]['id']}/restore")
    user.call("PATCH", f"tasks/{tasks[1]['id']}", {"title": "damaged", "completed": True, "tag_ids": []})
    user.call("PATCH", f"tags/{kept['id']}", {"name": "Renamed"})
    user.call("DELETE", f"tags/{gone['id']}")
    user.create_task(title="of the accident", tag_ids=[user.create_tag(name="Kept")["id"]])
    user.call("PATCH", "/api/auth/me", {"name": "Ada"})
    stranger.create_task(title="after")
    others = _everything(stranger)

    user.call("PATCH", f"tasks/{trashed[0]['id']}", {"title": "of the accident"})
    damaged = user.call("GET", f"tasks/{tasks[1]['id']}")
    assert _copy_back(user.id) == 0
    assert _everything(user) == before
    repaired = user.call(
        "GET", f"tasks/{tasks[1]['id']}", headers={"if-none-match": '"v1"'}
    )  # its tag when it was made
    assert (repaired.status, repaired.json["version"]) == (200, damaged.json["version"] + 1)
    versions = {one["id"]: one["version"] for one in user.call("GET", "tasks/trash").json["items"]}
    assert versions == {trashed[0]["id"]: 4, trashed[1]["id"]: 1}
    assert user.call("GET", "/api/auth/me").json["name"] == "Ada"
    assert user.api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token}).status == 200
    assert _everything(stranger) == others
    fsck(dump())


def test_without_apply_it_says_what_it_would_do_and_writes_nothing(
    user: Caller, snapshot: Snapshot, dump: Dump, capsys: pytest.CaptureFixture[str]
) -> None:
    task = user.create_task()
    snapshot()
    user.call("DELETE", f"tasks/{task['id']}")
    user.create_task()
    before = dump()
    assert _copy_back(user.id, apply=False) == 0
    assert capsys.readouterr().out == f"{user.id}: 1 to write, 2 to delete\n"
    assert dump() == before


def test_deleted_account_comes_back_with_its_password_but_without_sessions(
    api: Api, user: Caller, snapshot: Snapshot, dump: Dump
) -> None:
    user.create_task(title="mine", tag_ids=[user.create_tag()["id"]])
    before = _everything(user)
    snapshot()
    user.call("DELETE", "/api/auth/me", {"password": PASSWORD})
    _remove_mark(user)
    assert _copy_back(user.id) == 0
    assert api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token}).status == 401
    assert api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}).status == 200
    assert _everything(user) == before
    fsck(dump())


def test_account_that_is_still_being_deleted_is_refused(
    user: Caller, snapshot: Snapshot, dump: Dump, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot()
    user.call("DELETE", "/api/auth/me", {"password": PASSWORD})
    before = dump()
    assert _copy_back(user.id) == 1
    assert "the mark of its deletion still exists" in capsys.readouterr().err
    assert dump() == before


def test_account_whose_address_belongs_to_another_is_refused(
    api: Api, user: Caller, snapshot: Snapshot, dump: Dump, capsys: pytest.CaptureFixture[str]
) -> None:
    user.create_task()
    snapshot()
    user.call("DELETE", "/api/auth/me", {"password": PASSWORD})
    _remove_mark(user)
    assert api.call("POST", "/api/auth/register", {"email": user.email, "password": PASSWORD}).status == 201
    before = dump()
    assert _copy_back(user.id) == 1
    assert "belongs to another account" in capsys.readouterr().err
    assert dump() == before


@pytest.mark.parametrize("unknown", ["01a1fd29-7777-7777-8777-777777777777", "", "all of them"])
def test_account_that_the_source_does_not_have_is_refused(
    unknown: str, user: Caller, snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot()
    assert _copy_back(unknown) == 1
    assert "the source has no such account" in capsys.readouterr().err


def test_all_are_those_that_both_tables_have(
    api: Api, user: Caller, stranger: Caller, snapshot: Snapshot, dump: Dump, capsys: pytest.CaptureFixture[str]
) -> None:
    task = user.create_task()
    snapshot()
    user.call("DELETE", f"tasks/{task['id']}")
    stranger.call("DELETE", "/api/auth/me", {"password": PASSWORD})
    _remove_mark(stranger)
    late = api.sign_up()
    late.create_task(title="later")
    assert _copy_back("all") == 0
    assert f"{user.id}: 1 to write, 1 to delete\n" in capsys.readouterr().out
    assert user.call("GET", f"tasks/{task['id']}").json == {**task, "version": 2}
    assert _copy_back("all") == 0
    assert f"{user.id}: 0 to write, 0 to delete\n" in capsys.readouterr().out
    assert api.call("POST", "/api/auth/login", {"email": stranger.email, "password": PASSWORD}).status == 401
    assert [one["title"] for one in late.call("GET", "tasks").json["items"]] == ["later"]
    fsck(dump())


def test_interrupted_copy_is_finished_by_the_next(
    user: Caller, other: Target, snapshot: Snapshot, dump: Dump, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _lose_account(user, snapshot)
    target, dying = (open_target(os.environ["TABLE_NAME"]) for _ in range(2))
    client = dying.table.meta.client
    writes = iter([client.batch_write_item])  # the first batch, and none after it

    def write_once(**arguments: Any) -> Any:
        for write in writes:
            return write(**arguments)
        raise ConnectionError

    monkeypatch.setattr(client, "batch_write_item", write_once)
    with pytest.raises(ConnectionError):
        copy_back.copy_back(other, dying, user.id, named=True, apply=True)
    assert copy_back.copy_back(other, target, user.id, named=True, apply=True) is False
    assert _everything(user) == before
    fsck(dump())


def test_what_dynamodb_leaves_undone_is_sent_again(
    user: Caller, other: Target, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _lose_account(user, snapshot)
    target = open_target(os.environ["TABLE_NAME"])
    client = target.table.meta.client
    write, left = client.batch_write_item, []

    def write_ten(RequestItems: dict[str, list[Item]]) -> Any:  # noqa: N803 - DynamoDB's own name
        ((name, requests),) = RequestItems.items()
        write(RequestItems={name: requests[:10]})
        left.append(len(requests[10:]))
        return {"UnprocessedItems": {name: requests[10:]} if requests[10:] else {}}

    monkeypatch.setattr(client, "batch_write_item", write_ten)
    assert copy_back.copy_back(other, target, user.id, named=True, apply=True) is False
    assert left[0] == 15
    assert left[-1] == 0
    assert _everything(user) == before


def test_missing_source_exits_2(user: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    assert _copy_back(user.id) == 2
    assert "ResourceNotFoundException" in capsys.readouterr().err


def _copy_back(users: str, *, apply: bool = True) -> int:
    name, endpoint = os.environ["TABLE_NAME"], os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    arguments = ["--table", name, "--endpoint", endpoint, "--source", "Other", "--users", users]
    return copy_back.main([*arguments, "--apply"] if apply else arguments)


def _everything(user: Caller) -> dict[str, Any]:
    """Return all that a user sees of tasks, trash and tags but versions, in several orders, so by several indexes."""
    queries = ("", "status=open", "status=done", "sort=priority", "sort=due_date")
    tags = _items(user, "tags")
    by_tag = {tag["id"]: _items(user, "tasks", f"tag={tag['id']}") for tag in tags}
    trash = _items(user, "tasks/trash")
    return {**{query: _items(user, "tasks", query) for query in queries}, **by_tag, "tags": tags, "trash": trash}


def _items(user: Caller, path: str, query: str = "") -> list[Item]:
    return [{**item, "version": None} for item in user.call("GET", path, query=query).json["items"]]


def _lose_account(user: Caller, snapshot: Snapshot) -> dict[str, Any]:
    """Delete an account of 54 items after a snapshot, to the last trace, and return all that the user saw before."""
    for _ in range(13):
        user.create_task(tag_ids=[user.create_tag()["id"]])
    before = _everything(user)
    snapshot()
    user.call("DELETE", "/api/auth/me", {"password": PASSWORD})
    _remove_mark(user)
    return before


def _remove_mark(user: Caller) -> None:
    """Remove what is left of a deleted account, as the time to live does."""
    key = {"pk": {"S": f"USER#{user.id}"}, "sk": {"S": "PROFILE"}}
    aws.client("dynamodb").delete_item(TableName=os.environ["TABLE_NAME"], Key=key)
