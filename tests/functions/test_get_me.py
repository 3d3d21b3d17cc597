"""GET /api/auth/me."""

import os

import pytest

from lambdo.table import aws
from tests.support.frame import assert_problem
from tools.in_process.api import Api, Caller

PATH = "/api/auth/me"


def test_token_is_answered_200_with_its_own_user_and_etag(user: Caller, stranger: Caller) -> None:
    answer = user.call("GET", PATH)
    assert answer.status == 200
    assert answer.headers["etag"] == '"v1"'
    assert answer.json.keys() == {"id", "email", "email_verified", "name", "time_zone", "created_at", "version"}
    assert (answer.json["id"], answer.json["email"]) == (user.id, user.email)
    assert stranger.call("GET", PATH).json["id"] == stranger.id


def test_unchanged_user_is_answered_304_without_a_body(user: Caller) -> None:
    answer = user.call("GET", PATH, headers={"If-None-Match": '"v1"'})
    assert (answer.status, answer.text, answer.headers["etag"]) == (304, "", '"v1"')


def test_another_version_is_answered_200(user: Caller) -> None:
    assert user.call("GET", PATH, headers={"If-None-Match": '"v2"'}).status == 200


def test_missing_token_is_refused_401_by_the_gateway(api: Api) -> None:
    assert api.call("GET", PATH).status == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_bad_token_is_refused_401(api: Api, token: str) -> None:
    assert_problem(api.call("GET", PATH, token=token), 401, "invalid_token")


@pytest.mark.check("T20")
def test_token_in_the_query_string_is_refused_401(api: Api, user: Caller) -> None:
    assert api.call("GET", PATH, query=f"access_token={user.access_token}").status == 401


@pytest.mark.check("T07")
def test_user_that_is_gone_is_refused_404(user: Caller) -> None:
    key = {"pk": {"S": f"USER#{user.id}"}, "sk": {"S": "PROFILE"}}
    profile = aws.client("dynamodb").delete_item(TableName=os.environ["TABLE_NAME"], Key=key, ReturnValues="ALL_OLD")
    assert_problem(user.call("GET", PATH), 404, "user_not_found")
    aws.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=profile["Attributes"])
