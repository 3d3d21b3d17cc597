"""Every route of template.yaml with every wrong token: a function that forgets the guard cannot land."""

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.endpoints import ENDPOINTS
from tests.support.routes import GUARDED, NAMING_A_USER, PUBLIC, among
from tests.support.template import resources, routes, snake
from tools.in_process.api import Api, Caller
from tools.in_process.endpoints import Endpoint
from tools.in_process.table import empty_table
from tools.local.application import Application

SOME_ID = "01930000-0000-7000-8000-000000000000"
guarded = among(GUARDED)


@pytest.fixture(scope="module", autouse=True)
def _empty_table(application: Application) -> None:
    """Start on an empty table, so that a dump of it takes milliseconds."""
    empty_table(application)


def in_order() -> Iterator[str]:
    """Yield the functions in the order of their blocks."""
    yield from (snake(name.removesuffix("Function")) for name in resources("AWS::Serverless::Function"))


def _path(path: str, user_id: str = "me") -> str:
    return re.sub(r"{\w+}", SOME_ID, path.replace("{user_id}", user_id))


def _forged(token: str) -> str:
    header, payload, signature = token.split(".")
    return f"{header}.{payload}.{signature[::-1]}"


def _expired(user: Caller, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a token of the user that our own code signed an hour ago."""
    from lambdo.base import times
    from lambdo.sessions import access_tokens, session_tokens

    past = times.now() - timedelta(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(times, "now", lambda: past)
        return access_tokens.issue(session_tokens._signing_key(), user.id, SOME_ID)


@pytest.mark.check("A01", "A03")
def test_endpoints_are_the_routes_that_sam_reads_and_those_of_the_template_in_its_order(
    application: Application,
) -> None:
    assert {(route.method, route.path) for route in application.routes} == {(one.method, one.path) for one in ENDPOINTS}
    assert [route for folder in in_order() for route in routes(folder)] == list(map(str, ENDPOINTS))


@pytest.mark.check("A03")
def test_routes_without_authorizer_are_exactly_the_public_ones(application: Application) -> None:
    assert {f"{route.method} {route.path}" for route in application.routes if route.authorizer is None} == PUBLIC


@pytest.mark.check("A03")
@guarded
def test_missing_token_is_401_before_any_function(api: Api, endpoint: Endpoint) -> None:
    answer = api.call(endpoint.method, _path(endpoint.path))
    assert (answer.status, answer.json) == (401, {"message": "Unauthorized"})


@pytest.mark.check("T02")
@guarded
def test_forged_token_is_401(api: Api, user: Caller, endpoint: Endpoint) -> None:
    answer = api.call(endpoint.method, _path(endpoint.path), token=_forged(user.access_token))
    assert (answer.status, answer.json["code"]) == (401, "invalid_token")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.check("T04")
@guarded
def test_expired_token_is_401(api: Api, user: Caller, monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint) -> None:
    answer = api.call(endpoint.method, _path(endpoint.path), token=_expired(user, monkeypatch))
    assert (answer.status, answer.json["detail"]) == (401, "The access token has expired.")


@pytest.mark.check("A08")
@guarded
def test_cached_verdict_on_a_token_that_has_expired_since_is_401(api: Api, user: Caller, endpoint: Endpoint) -> None:
    verdict = {**api.authorize(f"Bearer {user.access_token}"), "exp": 1}
    assert api.call(endpoint.method, _path(endpoint.path), token=user.access_token, verdict=verdict).status == 401


@pytest.mark.check("A03")
@guarded
@pytest.mark.parametrize(
    "verdict",
    [
        {"note": "no identity"},
        {"user_id": SOME_ID, "exp": 9999999999},
        {"user_id": SOME_ID, "sid": SOME_ID},
        {"sid": SOME_ID, "exp": 9999999999},
        {"user_id": SOME_ID, "sid": SOME_ID, "exp": 9999999999, "token_error": "invalid"},
    ],
    ids=["empty", "no sid", "no exp", "no user", "error beside identity"],
)
def test_verdict_without_a_whole_identity_is_401(api: Api, endpoint: Endpoint, verdict: dict[str, Any]) -> None:
    assert api.call(endpoint.method, _path(endpoint.path), token="any", verdict=verdict).status == 401


@pytest.mark.check("A01")
@among(NAMING_A_USER)
def test_token_of_a_stranger_is_403_and_changes_nothing(
    api: Api, user: Caller, stranger: Caller, dump: Callable[[], Any], endpoint: Endpoint
) -> None:
    tag = user.create_tag()
    task = user.create_task(title="mine", tag_ids=[tag["id"]])
    before = dump()
    named = endpoint.path.replace("{task_id}", task["id"]).replace("{tag_id}", tag["id"])
    answer = stranger.call(endpoint.method, _path(named, user.id), {"title": "taken"})
    assert (answer.status, answer.json["code"]) == (403, "forbidden")
    assert stranger.id in answer.log
    assert dump() == before


def test_every_route_proves_itself_to_the_same_authorizer(application: Application) -> None:
    names = {route.authorizer for route in application.routes if route.authorizer is not None}
    assert len(names) == 1
    assert application.authorizers[names.pop()].ttl == 300


@pytest.mark.check("I02")
def test_public_keys_are_all_that_the_authorizer_knows(application: Application) -> None:
    keys = json.loads(os.environ["JWKS"])["keys"]
    assert keys
    assert all(key.keys() == {"kty", "crv", "use", "alg", "kid", "x"} for key in keys)
    variables = application.functions["AuthorizerFunction"].environment
    assert "SIGNING_KEYS_PARAMETER" not in variables
