"""Entity tags and the preconditions on them (RFC 9110 sections 8.8.3 and 13.1)."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

from lambdo.base.problems import MalformedHeader, PreconditionFailed, Problem

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION: Final = re.compile(r"v([1-9][0-9]{0,14})(?:-[0-9a-f]{12})?(?:-gzip)?")  # the rest is about how it was shown
_MAX_TAGS: Final = 20
_LISTED: Final = r'(W/)?"[\x21\x23-\x2b\x2d-\x7e\x80-\xff]*"'  # a comma always ends one
IF_MATCH: Final = rf"^\s*(\*|{_LISTED}(\s*,\s*{_LISTED}){{0,{_MAX_TAGS - 1}}})\s*$"  # for openapi.json
_NO_VERSION: Final = 0  # versions start at 1

type Versions = Sequence[int] | None  # those that If-Match allows; None allows any


class Versioned(TypedDict):
    """Anything that counts its changes."""

    version: int


def etag(item: Mapping[str, Any]) -> str:
    """Return the strong entity tag of an item as it is shown: its version and, of a task with tags, a hash of these.

    A tag that is renamed changes what is shown of its tasks, but not their version.
    """
    if not item.get("tags"):
        return f'"v{item["version"]}"'
    tags = hashlib.sha256(json.dumps(item["tags"]).encode()).hexdigest()[:12]
    return f'"v{item["version"]}-{tags}"'


def packed(tag: str) -> str:
    """Return the entity tag of the same in gzip: a strong one stands for the very bytes (RFC 9110 section 8.8.3.3)."""
    return f'{tag[:-1]}-gzip"'


def if_match(headers: Mapping[str, str]) -> Versions:
    """Return the versions that the header If-Match allows; raises MalformedHeader: to ignore it would be to overwrite."""
    try:
        return versions_of(headers.get("if-match", "*"))
    except ValueError as error:
        raise MalformedHeader(f"If-Match {error}.") from error


def versions_of(value: str) -> Versions:
    """Return the versions that a value of If-Match allows, never empty; None allows any that exists.

    Raises
    ------
    ValueError
        If it is no list of at most 20 entity tags.
    """
    if value.strip() == "*":
        return None
    tags = _tags(value.strip())
    if not 0 < len(tags) <= _MAX_TAGS:
        raise ValueError('should be * or at most 20 entity tags like "v3"')
    strong = [match[1] for weak, tag in tags if not weak and (match := _VERSION.fullmatch(tag))]
    return [int(version) for version in strong] or [_NO_VERSION]


def checked[T: Versioned](item: T | None, versions: Versions, not_found: type[Problem]) -> T:
    """Return the item if there is one and the precondition allows to change it.

    Raises
    ------
    Problem
        `not_found` if there is none.
    PreconditionFailed
        If it is of another version.
    """
    if item is None:
        raise not_found
    if versions is not None and item["version"] not in versions:
        raise PreconditionFailed(current_version=item["version"])
    return item


def is_unchanged(headers: Mapping[str, str], current: str | None) -> bool:
    """Tell whether If-None-Match names the current entity tag, so that 304 is the answer. What cannot be read names none.

    The comparison is the weak one (RFC 9110 section 8.8.3.2). Where there is no current one, nothing can be unchanged.
    """
    value = headers.get("if-none-match", "").strip()
    if current is None or not value:
        return False
    return value == "*" or any(f'"{tag}"' == current.removeprefix("W/") for _, tag in _tags(value))


def _tags(value: str) -> list[tuple[bool, str]]:
    """Return each tag of a list as (weak?, opaque part); empty if there is anything else in it."""
    matches = [_TAG.fullmatch(element.strip()) for element in value.split(",")]
    return [(bool(match[1]), match[2]) for match in matches if match] if all(matches) else []
