"""What a tag looks like in answers and in the table."""

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
    """Unique among the user's tags, without regard to case and Unicode form."""
    color: str | None
    """`#rrggbb`, or null for none."""
    version: int
    """Counts the changes; the entity tag is made of it."""
    created_at: Time
    updated_at: Time


class TagOfTask(TypedDict):
    """A tag as a task shows it."""

    id: Id
    name: str
    color: str | None
    """`#rrggbb`, or null for none."""


def name_key(name: str) -> str:
    """Return what two names share that differ only in case or Unicode form (canonical caseless match, Unicode D145).

    At most 50 characters become at most 800 bytes, inside the 1,024 of a sort key.
    """
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFC", folded)
