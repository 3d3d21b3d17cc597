"""A write that may have been applied meets the change of another device before it is sent again."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import Caller, Json
from tools.in_process.network import LOST, PASS, Fault, Network, error

type Dump = Callable[[], list[dict[str, Any]]]

OTHER = {"title": "of another device"}


@pytest.fixture
def task(user: Caller) -> Json:
    return user.create_task()


@pytest.mark.parametrize("fault", [LOST, error("ThrottlingException")], ids=["lost", "throttled"])
def test_toggle_that_may_have_been_applied_is_not_applied_again_over_anothers_change_but_answered_503(
    user: Caller, task: Json, network: Network, fault: Fault
) -> None:
    network.plan = [PASS, fault, lambda: user.call("PUT", f"tasks/{task['id']}", OTHER)]
    answer = user.call("PATCH", f"tasks/{task['id']}/complete")
    assert_problem(answer, 503, "service_unavailable")
    now = user.call("GET", f"tasks/{task['id']}").json
    assert (now["title"], now["completed"]) == ("of another device", fault == LOST)


def test_setting_that_may_have_been_applied_is_applied_over_anothers_change(
    user: Caller, task: Json, network: Network
) -> None:
    network.plan = [PASS, LOST, lambda: user.call("PUT", f"tasks/{task['id']}", OTHER)]
    answer = user.call("PATCH", f"tasks/{task['id']}/complete", {"completed": True})
    assert (answer.status, answer.json["completed"], answer.json["version"]) == (200, True, 3)


def test_created_task_that_another_device_changes_before_it_is_sent_again_is_answered_201_and_keeps_the_change(
    user: Caller, network: Network, dump: Dump
) -> None:
    def change() -> None:
        (created,) = user.call("GET", "tasks").json["items"]
        assert user.call("PUT", f"tasks/{created['id']}", OTHER).status == 200

    network.plan = [LOST, change]
    answer = user.call("POST", "tasks", {"title": "new"})
    assert (answer.status, answer.json["title"]) == (201, "new")
    (now,) = user.call("GET", "tasks").json["items"]
    assert (now["id"], now["title"], now["version"]) == (answer.json["id"], "of another device", 2)
    fsck(dump())
