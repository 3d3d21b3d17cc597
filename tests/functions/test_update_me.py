"""PATCH /api/auth/me."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Api, Caller, Json
from tools.in_process.network import PASS, Network

type Dump = Callable[[], list[dict[str, Any]]]

PATH = "/api/auth/me"
MERGE_PATCH = "application/merge-patch+json"


@pytest.mark.parametrize("changes", [
    {"name": "Ada"}, {"name": None}, {"name": " Ada "}, {"name": "Дж\u0301о"}, {"time_zone": "Europe/Prague"}, {"time_zone": "UTC"},
    {"name": "x" * 100, "time_zone": "America/Argentina/Ushuaia"}, {"time_zone": "Asia/Kathmandu"}, {"time_zone": "Etc/GMT+12"},
], ids=str)  # fmt: skip
def test_sent_fields_change_in_both_copies(api: Api, user: Caller, dump: Dump, changes: Json) -> None:
    start = user.call("PATCH", PATH, {"name": "old", "time_zone": "Asia/Tokyo"}).json
    answer = user.call("PATCH", PATH, changes)
    kept = {name: value.strip() if value else value for name, value in changes.items()}
    assert (answer.status, answer.headers["etag"], answer.headers["content-type"]) == (200, '"v3"', "application/json")
    assert answer.json == {**start, **kept, "version": 3}
    assert answer.json.keys() == {"id", "email", "email_verified", "name", "time_zone", "created_at", "version"}
    assert user.call("GET", PATH).json == answer.json
    assert api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}).json["user"] == answer.json
    fsck(dump())


@pytest.mark.parametrize("changes", [{}, {"name": None}, {"time_zone": "UTC"}, {"name": None, "time_zone": "UTC"}])
def test_no_change_writes_nothing(user: Caller, dump: Dump, changes: Json) -> None:
    before = dump()
    answer = user.call("PATCH", PATH, changes)
    assert (answer.status, answer.headers["etag"], answer.json["version"]) == (200, '"v1"', 1)
    assert dump() == before


def test_merge_patch_is_read_as_json_and_nothing_else(user: Caller) -> None:
    assert user.call("PATCH", PATH, {"name": "x"}, headers={"content-type": MERGE_PATCH}).json["name"] == "x"
    assert_problem(
        user.call("PATCH", PATH, {"name": "y"}, headers={"content-type": "text/plain"}), 415, "unsupported_media_type"
    )


def test_tags_and_sessions_are_as_before(api: Api, user: Caller, dump: Dump) -> None:
    tag = user.create_tag()
    user.call("PATCH", PATH, {"name": "new"})
    assert user.create_tag()["id"] != tag["id"]
    assert api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token}).status == 200
    fsck(dump())


def test_deleted_account_is_refused_404(user: Caller, dump: Dump) -> None:
    user.call("DELETE", PATH, {"password": PASSWORD})
    before = dump()
    for body in ({"name": "x"}, {}):
        assert_problem(user.call("PATCH", PATH, body), 404, "user_not_found")
    assert dump() == before


@pytest.mark.parametrize(
    ("etags", "status"), [('"v1"', 200), ("*", 200), ('"v9", "v1"', 200), ('"v2"', 412), ('W/"v1"', 412)]
)
@pytest.mark.parametrize("changes", [{"name": "new"}, {}], ids=str)
def test_if_match_is_obeyed(user: Caller, dump: Dump, changes: Json, etags: str, status: int) -> None:
    before = dump()
    answer = user.call("PATCH", PATH, changes, headers={"If-Match": etags})
    assert answer.status == status
    if status == 412:
        assert_problem(answer, 412, "precondition_failed")
        assert answer.headers["etag"] == '"v1"'
        assert dump() == before


def test_profile_that_changes_meanwhile_loses_nothing(user: Caller, network: Network, dump: Dump) -> None:
    network.plan = ["", lambda: user.call("PATCH", PATH, {"time_zone": "Asia/Tokyo"})]
    answer = user.call("PATCH", PATH, {"name": "new"})
    assert (answer.json["name"], answer.json["time_zone"], answer.json["version"]) == ("new", "Asia/Tokyo", 3)
    fsck(dump())


def test_update_that_loses_4_races_is_answered_503(user: Caller, network: Network) -> None:
    names = iter("abcd")
    network.plan = [PASS, lambda: user.call("PATCH", PATH, {"name": next(names)}), PASS, PASS] * 4
    assert_problem(user.call("PATCH", PATH, {"time_zone": "Asia/Tokyo"}), 503, "service_unavailable")
    after = user.call("GET", PATH).json
    assert (after["name"], after["time_zone"], after["version"]) == ("d", "UTC", 5)
