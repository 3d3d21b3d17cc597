"""Points in time as the API writes them: RFC 3339, UTC, microseconds, `Z`. As text, they sort by time."""

import re
from datetime import UTC, date, datetime
from typing import Final

type Time = str  # RFC 3339, UTC

DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-5][0-9])"
DATE_TIME: Final = re.compile(f"{DATE.pattern}[Tt ]{_CLOCK}")


def now() -> datetime:
    """Return the current time, an aware datetime in UTC."""
    return datetime.now(UTC)


def unix() -> int:
    """Return the current time in Unix seconds."""
    return int(now().timestamp())


def rfc3339(moment: datetime) -> str:
    """Return the moment as `2026-11-21T07:23:50.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def of_unix(seconds: int) -> str:
    """Return Unix seconds in the same form as `rfc3339`."""
    return rfc3339(datetime.fromtimestamp(seconds, UTC))


def normalize_due_date(text: str) -> str:
    """Return a date unchanged, and a date-time with an offset converted to UTC.

    Raises
    ------
    ValueError
        For anything else, for days that do not exist, and for moments outside the years 1 to 9999 in UTC.
    """
    if DATE.fullmatch(text):
        return date.fromisoformat(text).isoformat()
    if DATE_TIME.fullmatch(text):
        try:
            return rfc3339(datetime.fromisoformat(text.upper()))
        except OverflowError as error:
            raise ValueError("outside the years 1 to 9999 in UTC") from error
    raise ValueError("neither a date nor a date-time with an offset")
