"""The good requests to every route: what their answers show, and what else a client may not send along."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.endpoints import ENDPOINTS
from tests.support.frame import assert_problem
from tests.support.routes import among, each
from tools.in_process.api import UNKNOWN_ID, Caller
from tools.in_process.endpoints import Endpoint
from tools.in_process.table import Dump, Items, uncounted
from tools.in_process.world import World

MORE = {"id": UNKNOWN_ID, "user_id": UNKNOWN_ID, "created_at": "2000-01-01T00:00:00Z", "version": 7, "is_admin": True}

each_route = among(ENDPOINTS)
each_body = each(lambda endpoint: endpoint.takes_body)
each_page = each(lambda endpoint: endpoint.is_page)
each_keyed = each(lambda endpoint: endpoint.takes_key)


def members(value: Any) -> Iterator[str]:
    """Yield the name of every member at any depth."""
    if isinstance(value, dict):
        yield from value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from members(one)


def stored_hashes(items: Items) -> set[str]:
    return {value["S"] for item in items for name, value in item.items() if "hash" in name}


@pytest.mark.check("A05")
@each_route
def test_answers_show_the_declared_members_and_nothing_of_the_table(
    world: World, dump: Dump, endpoint: Endpoint
) -> None:
    shown: set[str] = set()
    for request in [*endpoint.requests, *endpoint.examples]:
        if request.status < 400 and not request.cold:
            world.restore()
            hashes = stored_hashes(dump())
            answer = world.send(request)
            assert answer.status == request.status, answer.text
            found = set(members(answer.json) if answer.text and not endpoint.is_page else ())
            assert found <= endpoint.shows
            shown |= found
            assert not [secret for secret in hashes | stored_hashes(dump()) if secret in answer.text]
            assert not [key for key in ("USER#", "TASK#", "TRASH#", "TAG#", "SESSION#", "EMAIL#") if key in answer.text]
    assert shown == endpoint.shows


@pytest.mark.check("A02", "A04")
@each_body
def test_members_that_are_not_the_clients_are_refused_422_and_nothing_changes(
    world: World, dump: Dump, endpoint: Endpoint
) -> None:
    before = dump()
    answer = world.send(replace(endpoint.sending, body={**endpoint.sending.body, **MORE}))
    assert_problem(answer, 422, "invalid_fields")
    assert {error["loc"][-1] for error in answer.json["errors"]} == MORE.keys()
    assert dump() == before


@pytest.mark.check("A02")
@each_route
def test_another_user_named_beside_the_path_is_neither_seen_nor_touched(
    world: World, stranger: Caller, dump: Dump, endpoint: Endpoint
) -> None:
    theirs = stranger.create_task(title="theirs")

    def of_the_stranger() -> Items:
        return [item for item in dump() if item["pk"]["S"] in {f"USER#{stranger.id}", f"EMAIL#{stranger.email}"}]

    before = of_the_stranger()
    headers = {"x-user-id": stranger.id, "x-forwarded-user": stranger.email, "x-amzn-oidc-identity": stranger.id}
    good = endpoint.good
    body = good.body if good.has_body else {"user_id": stranger.id}
    answer = world.send(replace(good, body=body, query=f"user_id={stranger.id}", headers={**good.headers, **headers}))
    assert answer.status < 300 or answer.status == 422, answer.text
    assert not [one for one in (stranger.id, stranger.email, theirs["id"], "theirs") if one in answer.text]
    assert of_the_stranger() == before


@each_keyed
def test_key_with_another_body_is_refused_and_without_effect(world: World, endpoint: Endpoint, dump: Dump) -> None:
    good = replace(endpoint.sending, keyed=True)
    assert world.send(good).status < 300
    before = uncounted(dump())
    body = json.dumps(world.filled(good.body)) if good.has_body else ""
    assert_problem(world.send(replace(good, body=None, raw=f"{body} ")), 422, "idempotency_key_reused")
    assert uncounted(dump()) == before


@each_page
def test_page_that_the_client_has_is_answered_304(world: World, endpoint: Endpoint) -> None:
    etag = world.send(endpoint.good).headers["etag"]
    answer = world.send(replace(endpoint.good, headers={"if-none-match": etag}))
    assert (answer.status, answer.content, answer.headers["etag"]) == (304, b"", etag)
