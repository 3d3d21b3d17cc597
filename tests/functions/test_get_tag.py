"""GET /api/{user_id}/tags/{tag_id}."""

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import UNKNOWN_ID, Caller
from tools.in_process.stream import Stream


def test_own_tag_is_answered_200_with_its_etag(user: Caller) -> None:
    tag = user.create_tag(name="x", color="#A0B1C2")
    answer = user.call("GET", f"tags/{tag['id']}")
    assert (answer.status, answer.json, answer.headers["etag"]) == (200, tag, '"v1"')
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("etags", ['"v1"', 'W/"v1"', '"v9", "v1"', "*"])
def test_if_none_match_of_the_version_is_answered_304(user: Caller, etags: str) -> None:
    tag = user.create_tag()
    answer = user.call("GET", f"tags/{tag['id']}", headers={"If-None-Match": etags})
    assert (answer.status, answer.text, answer.headers["etag"]) == (304, "", '"v1"')


def test_changed_tag_is_answered_200_to_its_old_etag(user: Caller) -> None:
    tag = user.create_tag()
    user.call("PUT", f"tags/{tag['id']}", {"color": "#000000"})
    answer = user.call("GET", f"tags/{tag['id']}", headers={"If-None-Match": '"v1"'})
    assert (answer.status, answer.headers["etag"]) == (200, '"v2"')


def test_unknown_id_and_that_of_a_task_are_refused_404(user: Caller) -> None:
    task = user.create_task()
    for unknown in (UNKNOWN_ID, task["id"], "nonsense", "TAG%23x"):
        assert_problem(user.call("GET", f"tags/{unknown}"), 404, "tag_not_found")


def test_deleted_tag_is_refused_404_before_and_after_the_stream(user: Caller, stream: Stream) -> None:
    tag = user.create_tag()
    user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tags/{tag['id']}")
    for _ in range(2):
        for headers in ({}, {"If-None-Match": "*"}):
            assert_problem(user.call("GET", f"tags/{tag['id']}", headers=headers), 404, "tag_not_found")
        stream.drain()


def test_stranger_is_refused_403_on_anothers_path_and_404_on_ones_own(user: Caller, stranger: Caller) -> None:
    tag = user.create_tag()
    assert_problem(stranger.call("GET", f"/api/{user.id}/tags/{tag['id']}"), 403, "forbidden")
    assert_problem(stranger.call("GET", f"tags/{tag['id']}"), 404, "tag_not_found")
