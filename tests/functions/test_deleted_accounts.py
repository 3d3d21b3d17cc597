"""An account is deleted while its owner goes on: whatever is stopped where, nothing of it remains, and no token lives on."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdo.table import calls as table
from lambdo.table import keys, writes
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Answer, Api, Caller, Json
from tools.in_process.network import PASS, Network
from tools.in_process.stream import PATIENCE, Stream, deliver, record

type Dump = Callable[[], list[dict[str, Any]]]

ME = "/api/auth/me"
REFUSALS = {401, 404, 409, 412}


def delete_me(user: Caller, _: Json) -> Answer:
    return user.call("DELETE", ME, {"password": PASSWORD})


OPERATIONS: dict[str, Callable[[Caller, Json], Answer]] = {
    "create a task": lambda user, _: user.call("POST", "tasks", {"title": "late"}),
    "create a task with a tag": lambda user, ids: user.call("POST", "tasks", {"title": "x", "tag_ids": [ids["tag"]]}),
    "create a tag": lambda user, _: user.call("POST", "tags", {"name": "late"}),
    "rename a tag": lambda user, ids: user.call("PATCH", f"tags/{ids['tag']}", {"name": "late"}),
    "delete a tag": lambda user, ids: user.call("DELETE", f"tags/{ids['tag']}"),
    "link": lambda user, ids: user.call("PUT", f"tasks/{ids['bare']}/tags/{ids['tag']}"),
    "complete a task": lambda user, ids: user.call("PATCH", f"tasks/{ids['task']}/complete"),
    "delete a task": lambda user, ids: user.call("DELETE", f"tasks/{ids['task']}"),
    "change the profile": lambda user, _: user.call("PATCH", ME, {"name": "late"}),
    "log in": lambda user, _: user.api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}),
    "refresh": lambda user, _: user.api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token}),
    "change the password": lambda user, _: user.call(
        "POST", "/api/auth/password", {"current_password": PASSWORD, "new_password": PASSWORD}
    ),
    "end all sessions": lambda user, _: user.call("DELETE", "/api/auth/sessions", query="include=current"),
    "delete the account": delete_me,
}


def left_of(user: Caller, dump: Dump) -> list[str]:
    return sorted(item["sk"]["S"] for item in dump() if user.id in str(item) or user.email in str(item))


@pytest.mark.check("T14")
@pytest.mark.parametrize("deletion_first", [True, False])
@pytest.mark.parametrize("other", OPERATIONS)
def test_nothing_remains_and_no_token_lives_on_whatever_is_stopped_where(
    api: Api, network: Network, dump: Dump, stream: Stream, other: str, deletion_first: bool
) -> None:
    for step in range(PATIENCE):
        user = api.sign_up()
        tag = user.create_tag()["id"]
        bare, task = user.create_task()["id"], user.create_task(tag_ids=[tag])["id"]
        ids = {"tag": tag, "bare": bare, "task": task}
        first, second = (delete_me, OPERATIONS[other]) if deletion_first else (OPERATIONS[other], delete_me)
        overtaken: list[Answer] = []
        network.plan = [*[PASS] * step, lambda: overtaken.append(second(user, ids))]  # noqa: B023
        answers = [first(user, ids)]
        network.plan = []
        if not overtaken:
            answers.append(second(user, ids))
        answers += overtaken
        assert {answer.status for answer in answers} <= {200, 201, 202, 204, 503} | REFUSALS, (step, answers)
        if 202 not in {answer.status for answer in answers}:  # the profile changed under it: asking again will tell
            assert 503 in {answer.status for answer in answers}
            assert delete_me(user, ids).status == 202
        given = [
            answer.json["refresh_token"]
            for answer in answers
            if "refresh_token" in answer.text and answer.status == 200
        ]
        for token in (user.refresh_token, *given):
            refused = api.call("POST", "/api/auth/refresh", {"refresh_token": token})
            assert_problem(refused, 401, "invalid_refresh_token")
        fsck(dump())
        stream.drain()
        assert left_of(user, dump) == ["PROFILE"]
        (mark,) = [item for item in dump() if user.id in item["pk"]["S"]]
        table.delete(writes.delete(keys.user(user.id), keys.PROFILE))  # as TTL does
        assert deliver(record(mark, "REMOVE")) == []
        assert left_of(user, dump) == []
        if not overtaken:
            return
    raise AssertionError("no end")
