"""Entity tags (RFC 9110 section 8.8.3): made of versions, and read from lists of them."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from lambdo.base.versions import Versions

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION: Final = re.compile(r"v([1-9][0-9]{0,14})(?:-[0-9a-f]{12})?(?:-gzip)?")  # the rest is about how it was shown
_MAX_TAGS: Final = 20
_LISTED: Final = r'(W/)?"[\x21\x23-\x2b\x2d-\x7e\x80-\xff]*"'  # a comma always ends one
IF_MATCH: Final = rf"^\s*(\*|{_LISTED}(\s*,\s*{_LISTED}){{0,{_MAX_TAGS - 1}}})\s*$"  # for openapi.json
_NO_VERSION: Final = 0  # versions start at 1


def etag(item: Mapping[str, Any]) -> str:
    """Return the strong entity tag of an item as it is shown: its version and, of a task with tags, a hash of these.

    A tag that is renamed changes what is shown of its tasks, but not their version.
    """
    if not item.get("tags"):
        return f'"v{item["version"]}"'
    tags = hashlib.sha256(json.dumps(item["tags"]).encode()).hexdigest()[:12]
    return f'"v{item["version"]}-{tags}"'


def mark_as_gzip(tag: str) -> str:
    """Return the entity tag of the same in gzip: a strong one stands for the very bytes (RFC 9110 section 8.8.3.3)."""
    return f'{tag[:-1]}-gzip"'


def read_versions(value: str) -> Versions:
    """Return the versions that a value of If-Match allows, never empty; None allows any that exists.

    Raises
    ------
    ValueError
        If it is no list of at most 20 entity tags.
    """
    if value.strip() == "*":
        return None
    tags = read_list(value.strip())
    if not 0 < len(tags) <= _MAX_TAGS:
        raise ValueError('should be * or at most 20 entity tags like "v3"')
    strong = [match[1] for weak, tag in tags if not weak and (match := _VERSION.fullmatch(tag))]
    return [int(version) for version in strong] or [_NO_VERSION]


def read_list(value: str) -> list[tuple[bool, str]]:
    """Return each tag of a list as (weak?, opaque part); empty if there is anything else in it."""
    matches = [_TAG.fullmatch(element.strip()) for element in value.split(",")]
    return [(bool(match[1]), match[2]) for match in matches if match] if all(matches) else []
