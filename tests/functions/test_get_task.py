"""GET /api/{user_id}/tasks/{task_id}."""

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import UNKNOWN_ID, Caller


def test_own_task_is_answered_200_with_its_etag(user: Caller) -> None:
    task = user.create_task()
    answer = user.call("GET", f"tasks/{task['id']}")
    assert (answer.status, answer.json, answer.headers["etag"]) == (200, task, '"v1"')
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("tags", ['"v1"', 'W/"v1"', '"v9", "v1"', '"v9" ,W/"v1"', "*", ' "v1" '])
def test_if_none_match_of_the_version_is_answered_304(user: Caller, tags: str) -> None:
    task = user.create_task()
    answer = user.call("GET", f"tasks/{task['id']}", headers={"If-None-Match": tags})
    assert (answer.status, answer.text, answer.headers["etag"]) == (304, "", '"v1"')


@pytest.mark.parametrize("tags", ['"v2"', '"V1"', "v1", '"v01"', '"v1', "", ",", '"v1" "v2"', '"v1",?', "w/*", "\0"])
def test_if_none_match_of_anything_else_is_answered_200(user: Caller, tags: str) -> None:
    task = user.create_task()
    assert user.call("GET", f"tasks/{task['id']}", headers={"If-None-Match": tags}).status == 200


def test_changed_task_is_answered_200_to_its_old_tag(user: Caller) -> None:
    task = user.create_task()
    user.call("PUT", f"tasks/{task['id']}", {"title": "new"})
    answer = user.call("GET", f"tasks/{task['id']}", headers={"If-None-Match": '"v1"'})
    assert (answer.status, answer.headers["etag"]) == (200, '"v2"')


def test_packed_task_is_changed_by_its_tag_and_then_no_longer_the_one_that_is_known(user: Caller) -> None:
    task = user.create_task(description="x" * 1000, tag_ids=[user.create_tag()["id"]])
    path, takes_gzip = f"tasks/{task['id']}", {"Accept-Encoding": "gzip"}
    answer = user.call("GET", path, headers=takes_gzip)
    tag = answer.headers["etag"]
    assert (answer.headers["content-encoding"], answer.json) == ("gzip", task)
    assert user.call("GET", path, headers=takes_gzip | {"If-None-Match": tag}).status == 304
    changed = user.call("PATCH", path, {"title": "new"}, headers=takes_gzip | {"If-Match": tag})
    assert (changed.status, changed.json["version"]) == (200, 2)
    assert user.call("PATCH", path, {"title": "newer"}, headers={"If-Match": tag}).status == 412
    assert user.call("GET", path, headers=takes_gzip | {"If-None-Match": tag}).json["title"] == "new"


def test_unknown_id_is_refused_404(user: Caller) -> None:
    assert_problem(user.call("GET", f"tasks/{UNKNOWN_ID}"), 404, "task_not_found")
    answer = user.call("GET", f"tasks/{UNKNOWN_ID}", headers={"If-None-Match": "*"})
    assert_problem(answer, 404, "task_not_found")


def test_id_of_a_deleted_task_is_refused_404(user: Caller) -> None:
    task = user.create_task()
    user.call("DELETE", f"tasks/{task['id']}")
    assert_problem(user.call("GET", f"tasks/{task['id']}"), 404, "task_not_found")
