"""Versions: which one an item has, which ones a change allows, and trying again after another writer was faster."""

from collections.abc import Callable, Sequence
from typing import Final, TypedDict

from lambdo.base.problems import PreconditionFailed, Problem, ServiceUnavailable

type Versions = Sequence[int] | None  # those that a change allows; None allows any

ATTEMPTS: Final = 4  # the first, and three more after another writer was faster


class Versioned(TypedDict):
    """Anything that counts its changes."""

    version: int


class OvertakenError(Exception):
    """Another writer was faster than ours.

    Parameters
    ----------
    current
        What stands there now, None for nothing; only if the refused write has brought it (`is_known`).
    was_sent_before
        It was not the first attempt to send the write, so that an earlier one may have been applied.
    """

    def __init__(self, current: object = None, *, is_known: bool = True, was_sent_before: bool = False) -> None:
        super().__init__("another writer was faster")
        self.current = current
        self.is_known = is_known
        self.was_sent_before = was_sent_before


def require_version[T: Versioned](item: T | None, versions: Versions, not_found: type[Problem]) -> T:
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


def retry[Item, Result](read: Callable[[], Item | None], attempt: Callable[[Item | None], Result]) -> Result:
    """Read an item and return what the attempt makes of it; try again with what stands there if it is overtaken.

    Parameters
    ----------
    read
        Reads the item; called again only where a refused write does not bring what stands there.
    attempt
        Raises OvertakenError if another writer was faster.

    Raises
    ------
    ServiceUnavailable
        If other writers were faster every time.
    """
    item = read()
    for _ in range(ATTEMPTS):
        try:
            return attempt(item)
        except OvertakenError as error:
            item = error.current if error.is_known else read()  # type: ignore[assignment]  # of the kind that is read
    raise ServiceUnavailable
