"""A range of due dates, for plain dates and for moments.

A plain date is due until the end of that day in the user's time zone; a moment is due at that moment. Days begin and
end in local time, which includes daylight saving time.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, NamedTuple, Self

from lambdo.base import times

_FIRST: Final = ""  # as text, before every date and moment
_LAST: Final = "~"  # after every one


class DueRange(NamedTuple):
    """Dates from `first_day` until before `end_day`, and moments from `start` until before `end`; all as text."""

    first_day: str = _FIRST
    end_day: str = _LAST
    start: str = _FIRST
    end: str = _LAST

    def __contains__(self, due_date: object) -> bool:
        """Tell whether a due date is in the range; None never is."""
        if not isinstance(due_date, str):
            return False
        if len(due_date) == len("2026-11-21"):
            return self.first_day <= due_date < self.end_day
        return self.start <= due_date < self.end

    def before(self, limit: str, zone: tzinfo) -> Self:
        """Return the part that is due before a date begins, or before a moment."""
        day, moment = _split(limit, zone, days=0)
        return self._replace(end_day=min(self.end_day, day), end=min(self.end, moment))

    def after(self, limit: str, zone: tzinfo) -> Self:
        """Return the part that is due after a date has ended, or after a moment."""
        day, moment = _split(limit, zone, days=1)
        return self._replace(first_day=max(self.first_day, day), start=max(self.start, moment))

    def is_empty(self) -> bool:
        """Tell whether no due date can be in the range."""
        low, high = self.keys()
        return low >= high

    def keys(self) -> tuple[str, str]:
        """Return a range of texts that includes all of these due dates, and perhaps a few just outside the range."""
        return min(self.first_day, self.start), max(self.end_day, self.end)


def _split(limit: str, zone: tzinfo, *, days: int) -> tuple[str, str]:
    """Return the first day and the first moment that are not before a limit or, with days=1, that are after it.

    For a date, they are the date itself, or the next one with days=1, and the moment when that day begins. For a
    moment, they are its day, because that ends later, and the moment itself, or the next microsecond with days=1.
    """
    edge = _FIRST if limit < "5000" else _LAST  # of the calendar, which has the years 1 to 9999
    if len(limit) == len("2026-11-21"):
        try:
            day = date.fromisoformat(limit) + timedelta(days=days)
            begins = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        except OverflowError:
            return edge, edge
        return day.isoformat(), times.rfc3339(begins)
    moment = datetime.fromisoformat(limit)
    first_day = start = edge
    with suppress(OverflowError):
        first_day = moment.astimezone(zone).date().isoformat()
    with suppress(OverflowError):
        start = times.rfc3339(moment + timedelta(microseconds=days))
    return first_day, start
