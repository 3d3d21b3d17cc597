"""POST /api/auth/register."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.base.settings import settings
from lambdo.table import wire
from tests.support.at_once import at_once
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Api
from tools.in_process.table import uncounted

PATH = "/api/auth/register"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_new_address_is_answered_201_with_the_user_its_address_and_etag(api: Api) -> None:
    answer = api.call("POST", PATH, {"email": "ada@example.com", "password": PASSWORD, "name": " Ada "})
    user = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == "/api/auth/me"
    assert answer.headers["etag"] == '"v1"'
    assert answer.headers["content-type"] == "application/json"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", user.pop("id"))
    assert TIME.fullmatch(user.pop("created_at"))
    assert user == {
        "email": "ada@example.com", "email_verified": False, "name": "Ada", "time_zone": "UTC", "version": 1
    }  # fmt: skip


def test_no_name_is_answered_null(api: Api) -> None:
    answer = api.call("POST", PATH, {"email": "noname@example.com", "password": PASSWORD})
    assert answer.json["name"] is None


@pytest.mark.check("P08")
@pytest.mark.parametrize(
    "again", ["TAKEN@example.com", "taken@EXAMPLE.com", "Taken@Example.Com", " taken@example.com "]
)
def test_address_taken_in_any_case_is_refused_409_and_changes_nothing(
    api: Api, dump: Callable[[], list[dict[str, Any]]], again: str
) -> None:
    api.call("POST", PATH, {"email": "taken@example.com", "password": PASSWORD})
    before = uncounted(dump())
    assert_problem(api.call("POST", PATH, {"email": again, "password": PASSWORD}), 409, "email_already_exists")
    assert uncounted(dump()) == before


def test_addresses_of_the_same_length_make_two_accounts(api: Api, dump: Callable[[], list[dict[str, Any]]]) -> None:
    first = api.call("POST", PATH, {"email": "aaaa@example.com", "password": PASSWORD})
    second = api.call("POST", PATH, {"email": "bbbb@example.com", "password": PASSWORD})
    assert (first.status, second.status) == (201, 201)
    assert first.json["id"] != second.json["id"]
    fsck(dump())


def test_address_is_kept_in_lower_case(api: Api) -> None:
    answer = api.call("POST", PATH, {"email": "  Grace.Hopper+x@Example.COM ", "password": PASSWORD})
    assert answer.json["email"] == "grace.hopper+x@example.com"


@pytest.mark.check("P07")
def test_table_holds_a_bcrypt_hash_at_the_set_cost_and_no_password(
    api: Api, dump: Callable[[], list[dict[str, Any]]]
) -> None:
    api.call("POST", PATH, {"email": "hashed@example.com", "password": "a password like no other"})
    items = [wire.load(item) for item in dump()]
    (credential,) = [item for item in items if item["pk"] == "EMAIL#hashed@example.com"]
    assert credential["password_hash"].startswith(f"$2b${settings.password_cost:02}$")
    assert "a password like no other" not in str(items)


@pytest.mark.check("P06")
@pytest.mark.parametrize(
    "password",
    ["correcthorsebatterystaple", "\U0001f600" * 64, "x" * 127 + "y", "password with spaces", "nul\0in the middle"],
)
def test_any_long_password_that_is_not_common_is_accepted(api: Api, password: str) -> None:
    address = f"p{abs(hash(password))}@example.com"
    assert api.call("POST", PATH, {"email": address, "password": password}).status == 201
    assert api.call("POST", "/api/auth/login", {"email": address, "password": password}).status == 200


def test_body_in_another_media_type_is_refused_415(api: Api) -> None:
    answer = api.call("POST", PATH, {"email": "a@b.co", "password": PASSWORD}, headers={"content-type": "text/plain"})
    assert_problem(answer, 415, "unsupported_media_type")


def test_wrong_fields_are_each_named_once(api: Api) -> None:
    answer = api.call("POST", PATH, {"email": "nobody", "password": "short", "admin": True})
    assert_problem(answer, 422, "invalid_fields")
    assert {tuple(one["loc"]): one["type"] for one in answer.json["errors"]} == {
        ("body", "email"): "email",
        ("body", "password"): "password_length",
        ("body", "admin"): "extra_forbidden",
    }
    assert all(one.keys() == {"loc", "msg", "type"} for one in answer.json["errors"])
    assert "short" not in answer.text.replace("shorter", "")


@pytest.mark.check("P08")
def test_20_registrations_of_one_address_make_1_account(api: Api, dump: Callable[[], list[dict[str, Any]]]) -> None:
    addresses = ["race@example.com", "RACE@example.com", "Race@Example.com", " race@EXAMPLE.com"]
    answers = at_once(20, lambda i: api.call("POST", PATH, {"email": addresses[i % 4], "password": PASSWORD}))
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 19}
    items = dump()
    fsck(items)
    (created,) = [answer.json["id"] for answer in answers if answer.status == 201]
    found = [item for item in map(wire.load, items) if item.get("email") == "race@example.com"]
    assert sorted(item["pk"] for item in found) == ["EMAIL#race@example.com", f"USER#{created}"]
