"""The shape of a tag in responses and in the table."""

import unicodedata
from typing import Final, TypedDict

from lambdo.base.ids import Id
from lambdo.base.times import Time

MAX_TAGS_OF_A_USER: Final = 500
MAX_TAGS_OF_A_TASK: Final = 20


class Tag(TypedDict):
    """A tag as the API shows it."""

    id: Id
    name: str
    """Unique among the user's tags, regardless of case and Unicode form."""
    color: str | None
    """`#rrggbb`, or null for none."""
    version: int
    """Counts the changes; the entity tag is derived from it."""
    created_at: Time
    updated_at: Time


class TagOfTask(TypedDict):
    """A tag as a task shows it."""

    id: Id
    name: str
    color: str | None
    """`#rrggbb`, or null for none."""


class TagList(TypedDict):
    """All tags, oldest first, at most 500."""

    items: list[Tag]


def name_key(name: str) -> str:
    """Return a key that is equal for names that differ only in case or Unicode form (caseless match, Unicode D145).

    The 50 characters of the longest name become at most 800 bytes; a sort key can have 1,024.
    """
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFC", folded)
