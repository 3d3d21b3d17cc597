"""Entity tags by RFC 9110: If-Match compares strongly, If-None-Match weakly."""

import pytest

from lambdo.base.entity_tags import etag
from lambdo.base.problems import MalformedHeader
from lambdo.web.preconditions import if_match, is_unchanged


def test_etag_is_strong() -> None:
    assert etag({"version": 3}) == '"v3"'
    assert etag({"version": 3, "tags": []}) == '"v3"'


def test_etag_of_a_task_with_tags_changes_with_them_and_allows_its_version() -> None:
    etags = [etag({"version": 3, "tags": [{"id": "1", "name": name, "color": None}]}) for name in ("old", "new", "old")]
    assert etags[0] == etags[2] != etags[1]
    assert if_match({"if-match": ", ".join(etags)}) == [3, 3, 3]


@pytest.mark.parametrize(("value", "versions"), [
    ("*", None),
    (" * ", None),
    ('"v3"', [3]),
    ('"v3", "v5"', [3, 5]),
    ('"v3","other"', [3]),
    ('W/"v3"', [0]),
    ('W/"v3", "v4"', [4]),
    ('"other"', [0]),
    ('""', [0]),
    ('"v0"', [0]),
    ('"v-1"', [0]),
    ('"v1.0"', [0]),
    ('"v3-0123456789ab"', [3]),
    ('"v3-0123456789a"', [0]),
    ('"v3-"', [0]),
    ('"v3-gzip", "v4-0123456789ab-gzip"', [3, 4]),
    ('"v3-gzip-0123456789ab"', [0]),
    (f'"v{10**15 - 1}"', [10**15 - 1]),
    (f'"v{10**15}"', [0]),
    (",".join(['"v1"'] * 20), [1] * 20),
])  # fmt: skip
def test_if_match_is_read_as_the_versions_it_allows(value: str, versions: list[int] | None) -> None:
    assert if_match({"if-match": value}) == versions


def test_no_if_match_allows_any() -> None:
    assert if_match({}) is None


@pytest.mark.parametrize("value", ["", "v3", '"v3', '"v3";', "*, *", ",".join(['"v1"'] * 21), '"a b"', '"\x7f"', "W/"])
def test_unreadable_if_match_raises_malformed_header(value: str) -> None:
    with pytest.raises(MalformedHeader):
        if_match({"if-match": value})


@pytest.mark.parametrize(("value", "unchanged"), [
    ('"v3"', True), ('W/"v3"', True), ('"v1", W/"v3"', True), ("*", True),
    ('"v4"', False), ("v3", False), ('"v3', False), ('"V3"', False), ("", False), ('"v03"', False),
])  # fmt: skip
def test_if_none_match_names_the_version(value: str, unchanged: bool) -> None:
    assert is_unchanged({"if-none-match": value}, '"v3"') is unchanged


def test_weak_tag_is_compared_without_its_mark() -> None:
    assert is_unchanged({"if-none-match": '"3", "4"'}, 'W/"3"')


def test_no_if_none_match_is_a_change() -> None:
    assert is_unchanged({}, '"v3"') is False


@pytest.mark.parametrize("value", ["*", '""'])
def test_what_has_no_tag_is_never_unchanged(value: str) -> None:
    assert is_unchanged({"if-none-match": value}, None) is False
