"""DELETE /api/{user_id}/tasks/{task_id}."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import UNKNOWN_ID, Caller
from tools.in_process.network import PASS, Fault, Network


def test_own_task_is_answered_204_and_is_gone(user: Caller) -> None:
    task, other = user.create_task(), user.create_task()
    answer = user.call("DELETE", f"tasks/{task['id']}")
    assert (answer.status, answer.text) == (204, "")
    assert_problem(user.call("GET", f"tasks/{task['id']}"), 404, "task_not_found")
    assert user.call("GET", "tasks").json["items"] == [other]
    assert user.call("GET", "tasks", query="status=open").json["items"] == [other]


def test_second_delete_is_refused_404(user: Caller) -> None:
    task = user.create_task()
    user.call("DELETE", f"tasks/{task['id']}")
    assert_problem(user.call("DELETE", f"tasks/{task['id']}"), 404, "task_not_found")


def test_unknown_id_is_refused_404(user: Caller) -> None:
    assert_problem(user.call("DELETE", f"tasks/{UNKNOWN_ID}"), 404, "task_not_found")
    answer = user.call("DELETE", f"tasks/{UNKNOWN_ID}", headers={"If-Match": '"v1"'})
    assert_problem(answer, 404, "task_not_found")


@pytest.mark.parametrize("tags", ['"v1"', "*", '"v3","v1"'])
def test_if_match_of_the_version_is_answered_204(user: Caller, tags: str) -> None:
    task = user.create_task()
    assert user.call("DELETE", f"tasks/{task['id']}", headers={"If-Match": tags}).status == 204


@pytest.mark.parametrize("tags", ['"v2"', 'W/"v1"', '"v01"', '"x"'])
def test_if_match_of_another_version_is_refused_412_and_the_task_stays(
    user: Caller, dump: Callable[[], list[dict[str, Any]]], tags: str
) -> None:
    task = user.create_task()
    before = dump()
    answer = user.call("DELETE", f"tasks/{task['id']}", headers={"If-Match": tags})
    assert_problem(answer, 412, "precondition_failed")
    assert answer.headers["etag"] == '"v1"'
    assert dump() == before


def test_body_is_ignored(user: Caller) -> None:
    task = user.create_task()
    assert user.call("DELETE", f"tasks/{task['id']}", raw="{not json").status == 204


def test_task_that_is_changed_meanwhile_is_deleted_as_it_is_then(user: Caller, network: Network) -> None:
    path = f"tasks/{user.create_task()['id']}"
    network.plan = [PASS, lambda: user.call("PATCH", path, {"title": "edited"})]
    assert user.call("DELETE", path).status == 204
    assert user.call("GET", "tasks/trash").json["items"][0]["title"] == "edited"


def test_task_that_is_changed_meanwhile_is_refused_412_with_its_version_under_if_match(
    user: Caller, network: Network
) -> None:
    path = f"tasks/{user.create_task()['id']}"
    network.plan = [PASS, lambda: user.call("PATCH", path, {"title": "edited"})]
    answer = user.call("DELETE", path, headers={"If-Match": '"v1"'})
    assert_problem(answer, 412, "precondition_failed")
    assert answer.headers["etag"] == '"v2"'
    assert user.call("GET", path).json["title"] == "edited"


def test_others_that_are_faster_4_times_are_answered_503(user: Caller, network: Network) -> None:
    path = f"tasks/{user.create_task()['id']}"
    attempt: list[Fault] = [lambda: user.call("PATCH", f"{path}/complete"), PASS, PASS]
    network.plan = [PASS, *attempt * 4]
    assert_problem(user.call("DELETE", path), 503, "service_unavailable")
    assert network.plan == []
    assert user.call("GET", path).json["version"] == 5
