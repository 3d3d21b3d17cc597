"""Entity tags (RFC 9110 section 8.8.3): how they are made from versions, and how lists of them are read."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from lambdo.base.versions import Versions

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION: Final = re.compile(r"v([1-9][0-9]{0,14})(?:-[0-9a-f]{12})?(?:-gzip)?")  # the rest depends on the response
_MAX_TAGS: Final = 20
_LISTED: Final = r'(W/)?"[\x21\x23-\x2b\x2d-\x7e\x80-\xff]*"'  # without commas, which separate tags
IF_MATCH: Final = rf"^\s*(\*|{_LISTED}(\s*,\s*{_LISTED}){{0,{_MAX_TAGS - 1}}})\s*$"  # for openapi.json
_NO_VERSION: Final = 0  # versions start at 1


def etag(item: Mapping[str, Any]) -> str:
    """Return the strong entity tag of an item as shown: its version and, for a task with tags, a hash of the tags.

    Renaming a tag changes how its tasks are shown, but not their version.
    """
    if not item.get("tags"):
        return f'"v{item["version"]}"'
    tags = hashlib.sha256(json.dumps(item["tags"]).encode()).hexdigest()[:12]
    return f'"v{item["version"]}-{tags}"'


def mark_as_gzip(tag: str) -> str:
    """Return the entity tag of the gzipped content: a strong tag identifies exact bytes (RFC 9110 section 8.8.3.3)."""
    return f'{tag[:-1]}-gzip"'


def read_versions(value: str) -> Versions:
    """Return the versions that a value of If-Match allows, never an empty list; None allows any version that exists.

    Raises
    ------
    ValueError
        If it is neither `*` nor a list of at most 20 entity tags.
    """
    if value.strip() == "*":
        return None
    tags = read_list(value.strip())
    if not 0 < len(tags) <= _MAX_TAGS:
        raise ValueError('should be * or at most 20 entity tags like "v3"')
    strong = [match[1] for weak, tag in tags if not weak and (match := _VERSION.fullmatch(tag))]
    return [int(version) for version in strong] or [_NO_VERSION]


def read_list(value: str) -> list[tuple[bool, str]]:
    """Return each tag of a list as (weak?, opaque part); an empty list if the value contains anything else."""
    matches = [_TAG.fullmatch(element.strip()) for element in value.split(",")]
    return [(bool(match[1]), match[2]) for match in matches if match] if all(matches) else []
