"""POST /api/{user_id}/tags."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdo.base import ids
from lambdo.tags import store as tags
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Caller

type Dump = Callable[[], list[dict[str, Any]]]

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SAME = [
    ("Home", "home"), ("home", "HOME"), ("  home ", "home"), ("Straße", "STRASSE"), ("STRASSE", "straße"),
    ("Å", "a\u030a"), ("\u212b", "å"), ("é", "E\u0301"), ("İstanbul", "i\u0307stanbul"), ("ΟΔΟΣ", "οδος"),
    ("οδος", "οδοσ"), ("ﬁn", "FIN"), ("\u212a", "k"), ("ǅ", "ǆ"), ("ᾳ", "ΑΙ"), ("Ω", "\u2126"), ("각", "\u1100\u1161\u11a8"),
    ("q\u0307\u0323", "Q\u0323\u0307"), ("\u1e9b\u0323", "ſ\u0323\u0307"), ("ა", "Ა"), ("ᾴ", "ᾳ\u0301"),
]  # fmt: skip
DIFFERENT = [
    ("résumé", "resume"), ("i", "ı"), ("İ", "I"), ("a b", "ab"), ("a-b", "a b"), ("½", "1/2"), ("２", "2"),
    ("a\u200bb", "ab"), ("\u0430", "a"), ("home", "home!"), ("#", "##"), ("TAG#x", "x"), ("~", "\U0010ffff"),
]  # fmt: skip
EXPANDING = ["ΐ", "ᾷ", "ﬃ", "ß", "İ", "\U0001d15e", "ὂ", "\ufb2c", "\U0010ffff", "ṩ"]


def test_name_alone_is_answered_201_with_the_tag_its_location_and_etag(user: Caller, dump: Dump) -> None:
    answer = user.call("POST", "tags", {"name": "  At home\t"})
    tag = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == f"/api/me/tags/{tag['id']}"
    assert (answer.headers["etag"], answer.headers["content-type"]) == ('"v1"', "application/json")
    assert ID.fullmatch(tag["id"])
    assert TIME.fullmatch(tag["created_at"])
    assert tag == {
        "id": tag["id"],
        "name": "At home",
        "color": None,
        "version": 1,
        "created_at": tag["created_at"],
        "updated_at": tag["created_at"],
    }
    assert user.call("GET", answer.headers["location"]).json == tag
    fsck(dump())


def test_own_id_in_the_path_is_the_same_as_me(user: Caller) -> None:
    answer = user.call("POST", f"/api/{user.id}/tags", {"name": "x"})
    assert answer.headers["location"] == f"/api/{user.id}/tags/{answer.json['id']}"
    assert user.call("GET", f"tags/{answer.json['id']}").json == answer.json


@pytest.mark.parametrize(("sent", "kept"), [("#1E90FF", "#1e90ff"), ("#1e90ff", "#1e90ff"), (None, None)])
def test_color_is_kept_in_lower_case(user: Caller, sent: str | None, kept: str | None) -> None:
    assert user.create_tag(color=sent)["color"] == kept


@pytest.mark.parametrize(("first", "second"), SAME, ids=ascii)
def test_name_taken_in_any_case_and_unicode_form_is_refused_409_and_changes_nothing(
    user: Caller, dump: Dump, first: str, second: str
) -> None:
    tag = user.create_tag(name=first)
    assert tag["name"] == first.strip()  # as it was typed
    before = dump()
    for name in (first, second, unicodedata.normalize("NFD", second), unicodedata.normalize("NFC", second)):
        assert_problem(user.call("POST", "tags", {"name": name}), 409, "tag_already_exists")
    assert dump() == before
    fsck(before)


@pytest.mark.parametrize(("first", "second"), DIFFERENT, ids=ascii)
def test_names_that_differ_otherwise_make_two_tags(user: Caller, dump: Dump, first: str, second: str) -> None:
    made = [user.create_tag(name=first), user.create_tag(name=second)]
    assert [tag["name"] for tag in made] == [first, second]
    assert user.call("GET", "tags").json["items"] == made
    fsck(dump())


@pytest.mark.parametrize("character", EXPANDING, ids=ascii)
def test_50_characters_that_fold_to_more_are_a_name(user: Caller, dump: Dump, character: str) -> None:
    tag = user.create_tag(name=character * 50)
    assert tag["name"] == character * 50
    assert_problem(user.call("POST", "tags", {"name": character * 50}), 409, "tag_already_exists")
    fsck(dump())


def test_name_of_a_deleted_tag_is_free_at_once(user: Caller, dump: Dump) -> None:
    tag = user.create_tag(name="again")
    user.create_task(tag_ids=[tag["id"]])
    assert user.call("DELETE", f"tags/{tag['id']}").status == 204
    assert user.create_tag(name="AGAIN")["id"] != tag["id"]
    fsck(dump())


def fill(user: Caller, count: int) -> None:
    for number in range(count):
        now = "2026-11-21T00:00:00.000000Z"
        tags.put(
            user.id,
            {
                "id": ids.new_id(),
                "name": f"tag {number}",
                "color": None,
                "version": 1,
                "created_at": now,
                "updated_at": now,
            },
        )


def test_500_tags_are_all_that_a_user_may_have(user: Caller, dump: Dump) -> None:
    fill(user, 499)
    last = user.create_tag(name="the 500th")
    before = dump()
    refused = user.call("POST", "tags", {"name": "the 501st"})
    assert_problem(refused, 422, "invalid_fields")
    assert refused.json["errors"] == [
        {"loc": ["body", "name"], "msg": "A user should have at most 500 tags", "type": "too_many_tags"}
    ]
    assert_problem(user.call("POST", "tags", {"name": "TAG 7"}), 409, "tag_already_exists")
    assert dump() == before
    assert len(user.call("GET", "tags").json["items"]) == 500
    assert user.call("PUT", f"tags/{last['id']}", {"name": "renamed"}).status == 200
    assert user.call("DELETE", f"tags/{last['id']}").status == 204
    assert user.create_tag(name="the 501st")["version"] == 1
    fsck(dump())


def test_10_creations_at_499_tags_make_1(user: Caller, dump: Dump) -> None:
    fill(user, 499)
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda i: user.call("POST", "tags", {"name": f"race {i}"}), range(10)))
    assert Counter(answer.status for answer in answers) == {201: 1, 422: 9}
    assert len(user.call("GET", "tags").json["items"]) == 500
    fsck(dump())


def test_deleted_account_gets_no_tag_but_404(user: Caller, dump: Dump) -> None:
    assert user.call("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    before = dump()
    assert_problem(user.call("POST", "tags", {"name": "x"}), 404, "user_not_found")
    assert dump() == before


def test_body_in_another_media_type_is_refused_415(user: Caller) -> None:
    answer = user.call("POST", "tags", {"name": "x"}, headers={"content-type": "text/plain"})
    assert_problem(answer, 415, "unsupported_media_type")


def test_stranger_is_refused_403_and_nothing_is_written(user: Caller, stranger: Caller, dump: Dump) -> None:
    before = dump()
    assert_problem(stranger.call("POST", f"/api/{user.id}/tags", {"name": "x"}), 403, "forbidden")
    assert dump() == before
