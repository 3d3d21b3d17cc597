"""Preconditions on entity tags: the headers If-Match and If-None-Match (RFC 9110 section 13.1)."""

from collections.abc import Mapping

from lambdo.base import entity_tags
from lambdo.base.problems import MalformedHeader
from lambdo.base.versions import Versions


def if_match(headers: Mapping[str, str]) -> Versions:
    """Return the versions that If-Match allows; raises MalformedHeader, because ignoring it would overwrite changes."""
    try:
        return entity_tags.read_versions(headers.get("if-match", "*"))
    except ValueError as error:
        raise MalformedHeader(f"If-Match {error}.") from error


def is_unchanged(headers: Mapping[str, str], current: str | None) -> bool:
    """Tell whether If-None-Match names the current entity tag, so that the response is 304.

    The comparison is weak (RFC 9110 section 8.8.3.2). The result is false if the header is malformed, or if there is no
    current entity tag.
    """
    value = headers.get("if-none-match", "").strip()
    if current is None or not value:
        return False
    return value == "*" or any(f'"{tag}"' == current.removeprefix("W/") for _, tag in entity_tags.read_list(value))
