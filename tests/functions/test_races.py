"""Many at once: exactly one account, one live refresh token, no lost update."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.table import wire
from tests.support.at_once import at_once
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Api, Caller


@pytest.mark.check("P08")
def test_20_registrations_of_one_address_make_1_account(api: Api, dump: Callable[[], list[dict[str, Any]]]) -> None:
    addresses = ["race@example.com", "RACE@example.com", "Race@Example.com", " race@EXAMPLE.com"]
    answers = at_once(
        20, lambda i: api.call("POST", "/api/auth/register", {"email": addresses[i % 4], "password": PASSWORD})
    )
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 19}
    items = dump()
    fsck(items)
    (created,) = [answer.json["id"] for answer in answers if answer.status == 201]
    found = [item for item in map(wire.load, items) if item.get("email") == "race@example.com"]
    assert sorted(item["pk"] for item in found) == ["EMAIL#race@example.com", f"USER#{created}"]


def test_20_registrations_of_20_addresses_make_20_accounts(api: Api, dump: Callable[[], list[dict[str, Any]]]) -> None:
    answers = at_once(
        20, lambda i: api.call("POST", "/api/auth/register", {"email": f"race{i:02}@example.com", "password": PASSWORD})
    )
    assert Counter(answer.status for answer in answers) == {201: 20}
    assert len({answer.json["id"] for answer in answers}) == 20
    fsck(dump())


@pytest.mark.check("T17")
def test_20_refreshes_of_one_token_get_1_successor_which_is_live(
    api: Api, user: Caller, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    answers = at_once(20, lambda _: api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token}))
    assert Counter(answer.status for answer in answers) == {200: 20}
    (successor,) = {answer.json["refresh_token"] for answer in answers}
    assert api.call("POST", "/api/auth/refresh", {"refresh_token": successor}).status == 200
    fsck(dump())


@pytest.mark.check("T16")
def test_20_reuses_of_a_spent_token_end_the_session_without_a_500(
    api: Api, user: Caller, clock: Callable[..., None]
) -> None:
    live = api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token}).json["refresh_token"]
    clock(seconds=31)
    answers = at_once(20, lambda _: api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token}))
    assert {answer.status for answer in answers} == {401}
    assert Counter(answer.json["code"] for answer in answers)["refresh_token_reused"] >= 1
    assert api.call("POST", "/api/auth/refresh", {"refresh_token": live}).status == 401


FIELDS: list[dict[str, Any]] = [
    {"title": "raced"},
    {"description": "raced"},
    {"priority": "high"},
    {"due_date": "2027-01-01"},
    {"completed": True},
]


@pytest.mark.parametrize("repeats", [1, 4])
def test_parallel_updates_of_different_fields_lose_none(
    user: Caller, dump: Callable[[], list[dict[str, Any]]], repeats: int
) -> None:
    task = user.create_task()
    answers = at_once(len(FIELDS) * repeats, lambda i: user.call("PUT", f"tasks/{task['id']}", FIELDS[i % len(FIELDS)]))
    statuses = Counter(answer.status for answer in answers)
    after = user.call("GET", f"tasks/{task['id']}").json
    assert statuses.keys() <= {200, 503}  # four lost races in a row
    for number, fields in enumerate(FIELDS):  # every repeat of a field may have lost four races: then it is as it was
        acknowledged = any(answer.status == 200 for answer in answers[number :: len(FIELDS)])
        assert {name: after[name] for name in fields} == (
            fields if acknowledged else {name: task[name] for name in fields}
        )
    if repeats == 1:  # each answer is of a change of its own
        versions = sorted(answer.json["version"] for answer in answers if answer.status == 200)
        assert versions == list(range(2, 2 + statuses[200]))
        assert after["version"] == 1 + statuses[200]
    fsck(dump())


def test_20_edits_of_a_title_raise_the_version_by_20(user: Caller) -> None:
    task = user.create_task()
    answers = at_once(20, lambda i: user.call("PATCH", f"tasks/{task['id']}", {"title": f"title {i}"}))
    assert sorted(answer.json["version"] for answer in answers) == list(range(2, 22))
    last = max(answers, key=lambda answer: int(answer.json["version"])).json
    assert user.call("GET", f"tasks/{task['id']}").json == last


def test_20_edits_of_one_version_succeed_once(user: Caller) -> None:
    task = user.create_task()
    answers = at_once(
        20, lambda i: user.call("PUT", f"tasks/{task['id']}", {"title": f"t{i}"}, headers={"If-Match": '"v1"'})
    )
    assert Counter(answer.status for answer in answers) == {200: 1, 412: 19}


def test_20_deletes_of_one_task_succeed_once(user: Caller) -> None:
    task = user.create_task()
    answers = at_once(20, lambda _: user.call("DELETE", f"tasks/{task['id']}"))
    assert Counter(answer.status for answer in answers) == {204: 1, 404: 19}


def test_20_restores_of_one_task_succeed_once(user: Caller, dump: Callable[[], list[dict[str, Any]]]) -> None:
    task = user.create_task(tag_ids=[user.create_tag()["id"]])
    user.call("DELETE", f"tasks/{task['id']}")
    answers = at_once(20, lambda _: user.call("POST", f"tasks/trash/{task['id']}/restore"))
    assert Counter(answer.status for answer in answers) == {200: 1, 404: 19}
    (restored,) = [answer.json for answer in answers if answer.status == 200]
    assert user.call("GET", f"tasks/{task['id']}").json == restored
    fsck(dump())


def test_4_toggles_are_4_versions(user: Caller) -> None:
    task = user.create_task()
    answers = at_once(4, lambda _: user.call("PATCH", f"tasks/{task['id']}/complete"))
    assert sorted(answer.json["version"] for answer in answers) == [2, 3, 4, 5]
    assert user.call("GET", f"tasks/{task['id']}").json["completed"] is False


def test_20_creations_of_one_name_make_1_tag(user: Caller, dump: Callable[[], list[dict[str, Any]]]) -> None:
    names = ["Straße", "STRASSE", " straße ", "strasse"]
    answers = at_once(20, lambda i: user.call("POST", "tags", {"name": names[i % 4]}))
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 19}
    (made,) = [answer.json for answer in answers if answer.status == 201]
    assert user.call("GET", "tags").json["items"] == [made]
    fsck(dump())


def test_10_renames_to_one_name_succeed_once_and_the_old_claims_stay(
    user: Caller, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    tags = [user.create_tag(name=f"tag {i}") for i in range(10)]
    answers = at_once(
        10, lambda i: user.call("PATCH", f"tags/{tags[i]['id']}", {"name": "Wanted" if i % 2 else "WANTED"})
    )
    assert Counter(answer.status for answer in answers) == {200: 1, 409: 9}
    fsck(dump())
    for tag, answer in zip(tags, answers, strict=True):
        expected = answer.json if answer.status == 200 else tag
        assert user.call("GET", f"tags/{tag['id']}").json == expected
        taken = 201 if answer.status == 200 else 409
        assert user.call("POST", "tags", {"name": tag["name"]}).status == taken


def test_20_links_of_20_tags_to_one_task_lose_none(user: Caller, dump: Callable[[], list[dict[str, Any]]]) -> None:
    tags, task = [user.create_tag() for _ in range(20)], user.create_task()
    answers = at_once(20, lambda i: user.call("PUT", f"tasks/{task['id']}/tags/{tags[i]['id']}"))
    assert {answer.status for answer in answers} <= {200, 503}  # four lost races in a row
    after = user.call("GET", f"tasks/{task['id']}").json
    linked = [tag["id"] for tag, answer in zip(tags, answers, strict=True) if answer.status == 200]
    assert [tag["id"] for tag in after["tags"]] == linked
    assert after["version"] == 1 + len(linked)
    fsck(dump())


def test_5_deletes_of_one_tag_count_it_off_once(user: Caller, dump: Callable[[], list[dict[str, Any]]]) -> None:
    tag = user.create_tag()
    user.create_tag()
    answers = at_once(5, lambda _: user.call("DELETE", f"tags/{tag['id']}"))
    assert Counter(answer.status for answer in answers) == {204: 5}
    fsck(dump())
