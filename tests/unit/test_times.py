"""Times: RFC 3339 in UTC whose text order is time order."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lambdo.base.times import normalize_due_date, now, rfc3339


def test_now_is_aware_and_utc() -> None:
    assert now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(("moment", "text"), [
    (datetime(2026, 11, 21, 7, 23, 50, tzinfo=UTC), "2026-11-21T07:23:50.000000Z"),
    (datetime(2026, 11, 21, 7, 23, 50, 7, tzinfo=timezone(timedelta(hours=2))), "2026-11-21T05:23:50.000007Z"),
    (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    (datetime(999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "0999-12-31T23:59:59.999999Z"),
    (datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999Z"),
])  # fmt: skip
def test_moment_is_written_in_27_characters(moment: datetime, text: str) -> None:
    assert rfc3339(moment) == text
    assert len(text) == 27


def test_text_order_is_time_order_across_all_years() -> None:
    moments = [datetime(year, 6, 15, tzinfo=UTC) for year in (1, 9, 10, 99, 100, 999, 1000, 2026, 9999)]
    assert sorted(map(rfc3339, moments)) == [rfc3339(moment) for moment in moments]


@pytest.mark.parametrize(("text", "normalized"), [
    ("2026-11-21", "2026-11-21"),
    ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000000Z"),
    ("2026-11-21 10:00:00z", "2026-11-21T10:00:00.000000Z"),
    ("2026-11-21T10:00:00.25-23:59", "2026-11-22T09:59:00.250000Z"),
    ("2026-11-21T10:00:00-00:00", "2026-11-21T10:00:00.000000Z"),
])  # fmt: skip
def test_due_date_is_normalized_and_stays_so(text: str, normalized: str) -> None:
    assert normalize_due_date(text) == normalized
    assert normalize_due_date(normalized) == normalized


@pytest.mark.parametrize("text", ["2026-02-30", "2026-11-21T10:00:00", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "٢٠٢٦-11-21", "2026-11-21T10:00:00+00:60", ""])  # fmt: skip
def test_what_is_no_moment_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        normalize_due_date(text)
