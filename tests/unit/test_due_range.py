"""Ranges of due dates."""

from zoneinfo import ZoneInfo

import pytest

from lambdo.tasks.due_range import DueRange

UTC, BERLIN, KOLKATA, WEST = (ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kolkata", "Etc/GMT+12"))
FIRST, LAST = "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"


def test_whole_range_has_every_due_date_but_none() -> None:
    for due in ("0001-01-01", FIRST, "2026-11-21", LAST, "9999-12-31"):
        assert due in DueRange()
    assert None not in DueRange()
    assert not DueRange().is_empty()


@pytest.mark.parametrize(("limit", "zone", "inside", "outside"), [
    ("2026-11-21", UTC, ["2026-11-20", "2026-11-20T23:59:59.999999Z"], ["2026-11-21", "2026-11-21T00:00:00.000000Z"]),
    ("2026-11-21", KOLKATA, ["2026-11-20T18:29:59.999999Z"], ["2026-11-20T18:30:00.000000Z"]),
    ("2026-03-30", BERLIN, ["2026-03-29", "2026-03-29T21:59:59.999999Z"], ["2026-03-29T22:00:00.000000Z"]),
    ("2026-11-21T12:00:00.000000Z", UTC, ["2026-11-20", "2026-11-21T11:59:59.999999Z"],
     ["2026-11-21", "2026-11-21T12:00:00.000000Z"]),
    ("2026-11-21T18:30:00.000000Z", KOLKATA, ["2026-11-21"], ["2026-11-22"]),
    ("2026-11-21T18:29:59.999999Z", KOLKATA, ["2026-11-20"], ["2026-11-21"]),
])  # fmt: skip
def test_before_a_limit_is_all_that_has_ended(
    limit: str, zone: ZoneInfo, inside: list[str], outside: list[str]
) -> None:
    due = DueRange().before(limit, zone)
    assert [one for one in inside + outside if one in due] == inside
    assert all(due.keys()[0] <= one < due.keys()[1] for one in inside)


@pytest.mark.parametrize(("limit", "zone", "inside", "outside"), [
    ("2026-11-21", UTC, ["2026-11-22", "2026-11-22T00:00:00.000000Z"], ["2026-11-21", "2026-11-21T23:59:59.999999Z"]),
    ("2026-11-21", KOLKATA, ["2026-11-21T18:30:00.000000Z"], ["2026-11-21T18:29:59.999999Z"]),
    ("2026-10-25", BERLIN, ["2026-10-25T23:00:00.000000Z"], ["2026-10-25T22:59:59.999999Z"]),
    ("2026-11-21T12:00:00.000000Z", UTC, ["2026-11-21", "2026-11-21T12:00:00.000001Z"],
     ["2026-11-20", "2026-11-21T12:00:00.000000Z"]),
])  # fmt: skip
def test_after_a_limit_is_all_that_ends_later(
    limit: str, zone: ZoneInfo, inside: list[str], outside: list[str]
) -> None:
    due = DueRange().after(limit, zone)
    assert [one for one in inside + outside if one in due] == inside
    assert all(due.keys()[0] <= one < due.keys()[1] for one in inside)


@pytest.mark.parametrize("limit", ["2026-11-21", "2026-11-21T12:00:00.000000Z"])
@pytest.mark.parametrize("zone", [UTC, BERLIN, KOLKATA, WEST])
def test_limits_that_contradict_leave_nothing(limit: str, zone: ZoneInfo) -> None:
    both = DueRange().before(limit, zone).after(limit, zone)
    assert all(due not in both for due in ("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-21T12:00:00.000000Z"))
    assert DueRange().before("2026-11-20", zone).after("2026-11-21", zone).is_empty()


@pytest.mark.parametrize(("limit", "zone", "inside", "outside"), [
    ("0001-01-01", KOLKATA, [], ["0001-01-01", FIRST]),
    ("0001-01-01T02:00:00.000000Z", WEST, [FIRST], ["0001-01-01", "0001-01-01T02:00:00.000000Z"]),
    ("9999-12-31T23:00:00.000000Z", KOLKATA, ["9999-12-31", "9999-12-31T22:59:59.000000Z"], [LAST]),
])  # fmt: skip
def test_before_a_limit_at_the_edges_of_the_calendar(
    limit: str, zone: ZoneInfo, inside: list[str], outside: list[str]
) -> None:
    due = DueRange().before(limit, zone)
    assert [one for one in inside + outside if one in due] == inside


@pytest.mark.parametrize(("limit", "zone", "inside", "outside"), [
    ("0001-01-01T02:00:00.000000Z", WEST, ["0001-01-01", "0001-01-01T02:00:00.000001Z"], [FIRST]),
    ("9999-12-31", UTC, [], ["9999-12-31", LAST]),
    ("9999-12-31T23:00:00.000000Z", KOLKATA, [LAST], ["9999-12-31"]),
    (LAST, UTC, ["9999-12-31"], [LAST]),
])  # fmt: skip
def test_after_a_limit_at_the_edges_of_the_calendar(
    limit: str, zone: ZoneInfo, inside: list[str], outside: list[str]
) -> None:
    due = DueRange().after(limit, zone)
    assert [one for one in inside + outside if one in due] == inside
