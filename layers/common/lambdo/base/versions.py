"""Versions: which version an item has, which versions a change allows, and retries after another writer was faster."""

from collections.abc import Callable, Sequence
from typing import Final, TypedDict

from lambdo.base.problems import PreconditionFailed, Problem, ServiceUnavailable

type Versions = Sequence[int] | None  # the versions that a change allows; None allows any

ATTEMPTS: Final = 4  # the first, and three retries after another writer was faster


class Versioned(TypedDict):
    """An item that counts its changes."""

    version: int


class OvertakenError(Exception):
    """Another writer changed the item first.

    Parameters
    ----------
    current
        The item as it is now, or None if there is none; valid only if the refused write returned it (`is_known`).
    was_sent_before
        Whether the write had been sent before, so that the earlier attempt may have been applied.
    """

    def __init__(self, current: object = None, *, is_known: bool = True, was_sent_before: bool = False) -> None:
        super().__init__("another writer was faster")
        self.current = current
        self.is_known = is_known
        self.was_sent_before = was_sent_before


def require_version[T: Versioned](item: T | None, versions: Versions, not_found: type[Problem]) -> T:
    """Return the item if it exists and the precondition allows a change.

    Raises
    ------
    Problem
        `not_found` if the item does not exist.
    PreconditionFailed
        If the item has another version.
    """
    if item is None:
        raise not_found
    if versions is not None and item["version"] not in versions:
        raise PreconditionFailed(current_version=item["version"])
    return item


def retry[Item, Result](read: Callable[[], Item | None], attempt: Callable[[Item | None], Result]) -> Result:
    """Read an item and return the result of the attempt; if another writer was faster, retry with the current item.

    Parameters
    ----------
    read
        Reads the item; called again only before another attempt, and only if the refused write did not return the current item.
    attempt
        Raises OvertakenError if another writer was faster.

    Raises
    ------
    ServiceUnavailable
        If another writer was faster on every attempt.
    """
    item: Item | None = None
    is_known = False
    for _ in range(ATTEMPTS):
        if not is_known:
            item = read()
        try:
            return attempt(item)
        except OvertakenError as error:
            item, is_known = error.current, error.is_known  # type: ignore[assignment]  # an Item, as `read` returns
    raise ServiceUnavailable
