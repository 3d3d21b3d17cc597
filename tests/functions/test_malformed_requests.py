"""What every route refuses, from what its entry says that it takes: never a 500, and not a byte of the table changed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest

from tests.endpoints import ENDPOINTS
from tests.support.documented import takes_header
from tests.support.frame import assert_problem
from tools.in_process.endpoints import Endpoint, Request
from tools.in_process.table import Dump, uncounted
from tools.in_process.world import World

MALFORMED: list[str | bytes] = [
    "{", " ", "completed=true", '{"name":NaN}', '{"name":"\\ud800"}', b"\xff", b'{"title":"\xed\xa0\x80"}', b"\xff\xfe{\0}\0",
    b'{"title":"\xc0\x80"}', b'{"title":"\xe2\x82"}', '{"title":"x"}'.encode("utf-16"), b"\x80\x81" * 100,
]  # fmt: skip
NO_OBJECTS = ["null", "[]", '"x"', "1", "true", "[{}]"]
# With {id}, {ID} and {hex} for the right id as it is, in capitals and without hyphens.
NO_IDS = [
    "x", "me", "*", "..", "%2e%2e", "%00", "%20", "TAG%23x", "TASK%23{id}", "TAG%23{id}", "PROFILE", "SESSION%23{id}", "{ID}",
    "{id}%00", "{id}%20", "%20{id}", "{id}%23", "{{id}}", "urn:uuid:{id}", "{id}0", "0", "-1", "null", "undefined",
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "%F0%9F%98%80", "%ED%A0%80",
    "9b2d8f34-1d3b-4c58-9d0c-3a8e0f6c2a11", "{hex}", "x" * 2048, "%2f%2fetc%2fpasswd", "1%27%20OR%20%271%27=%271",
]  # fmt: skip
# To ignore one that cannot be read would be to overwrite.
NO_ENTITY_TAGS = [
    "", " ", ",", "v1", '"v1', 'v1"', '"v1" "v1"', '"v1",x', "**", '*,"v1"', 'w/"v1"', "W/*", '"v 1"', "'v1'", "\0", '"v1"\0',
    '"😀"', ", ".join(['"v1"'] * 21), ",".join(['"v1"'] * 3_000), "x" * 10_000,
]  # fmt: skip


class Refused(NamedTuple):
    """A request, and the problem that it must meet; `field` is the one that a 422 names."""

    request: Request
    status: int
    code: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.request.method} {self.request.path}-{self.code}"


def bodies(endpoint: Endpoint) -> Iterator[Refused]:
    """What is no JSON object in UTF-8, is announced as something else, or is too large."""
    yield Refused(replace(endpoint.good, body=None, raw="x" * (endpoint.largest_body + 1)), 413, "content_too_large")
    if not endpoint.takes_body:
        return
    good = endpoint.sending
    for raw in [*MALFORMED, *([""] if endpoint.needs_body else [])]:
        yield Refused(replace(good, body=None, raw=raw), 400, "malformed_json")
    for raw in NO_OBJECTS:
        yield Refused(replace(good, body=None, raw=raw), 422, "invalid_fields", "body")
    for media_type in ["text/plain", *(["application/merge-patch+json"] if endpoint.method == "POST" else [])]:
        headers = {**good.headers, "content-type": media_type}
        yield Refused(replace(good, headers=headers), 415, "unsupported_media_type")


def ids(endpoint: Endpoint) -> Iterator[Refused]:
    """What is no id names nothing: the same 404 as an unknown one."""
    for parameter in endpoint.parameters:
        if parameter.endswith("_id") and parameter != "user_id":
            for no_id in NO_IDS:
                request = replace(endpoint.good, ids={**endpoint.good.ids, parameter: no_id})
                yield Refused(request, 404, f"{parameter.removesuffix('_id')}_not_found")


def preconditions(endpoint: Endpoint) -> Iterator[Refused]:
    """An If-Match that cannot be read."""
    if takes_header(endpoint.method, endpoint.path, "IfMatch"):
        for no_tag in NO_ENTITY_TAGS:
            headers = {**endpoint.good.headers, "if-match": no_tag}
            yield Refused(replace(endpoint.good, headers=headers), 400, "malformed_header")


REFUSED = [refused for endpoint in ENDPOINTS for table in (bodies, ids, preconditions) for refused in table(endpoint)]


@pytest.fixture(scope="module")
def whole(_whole_world: World, dump: Dump) -> Iterator[World]:
    """A user with everything, all of which stays as it is."""
    before = uncounted(dump())
    yield _whole_world
    assert uncounted(dump()) == before


@pytest.mark.check("A06", "A07", "H01", "H04", "H06")
@pytest.mark.parametrize("refused", REFUSED, ids=str)
def test_what_no_route_takes_is_refused_by_each_and_changes_nothing(whole: World, refused: Refused) -> None:
    request = refused.request
    ids = {
        parameter: value.replace("{id}", known).replace("{ID}", known.upper()).replace("{hex}", known.replace("-", ""))
        for parameter, value in request.ids.items()
        if (known := whole.names[value if value in whole.names else whole.USUAL[parameter]])
    }
    answer = whole.send(replace(request, ids=ids))
    assert_problem(answer, refused.status, refused.code)
    if refused.field is not None:
        assert refused.field in {str(one["loc"][-1]) for one in answer.json["errors"]}, answer.text
    assert len(answer.text) < 4096


def test_routes_refuse_malformed_bodies_ids_and_headers() -> None:
    assert {refused.code for refused in REFUSED} >= {
        "malformed_json", "content_too_large", "unsupported_media_type", "invalid_fields", "malformed_header",
        "task_not_found", "tag_not_found", "session_not_found",
    }  # fmt: skip
