"""GET /api/{user_id}/tasks - days begin and end where the clocks of the user's time zone say, when these change too."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from lambdo.base import times
from tests.support.lists import beginning, expected, items_of
from tools.in_process.api import Api, Caller, Json

# zone, a day around which its clocks do something, and when that day begins in UTC
DAYS = [
    ("UTC", "2026-11-21", "2026-11-21T00:00:00"),
    ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00"),  # 23 hours: 02:00 is 03:00
    ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00"),
    ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00"),  # 25 hours: 03:00 is 02:00
    ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00"),
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00"),  # has no midnight: 00:00 is 01:00
    ("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00"),  # the day before has its last hour twice
    ("America/Havana", "2026-11-01", "2026-11-01T04:00:00"),  # has its first hour twice
    ("Asia/Kolkata", "2026-11-21", "2026-11-20T18:30:00"),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00"),  # the day before was left out
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00"),  # left out: its end is its beginning
    ("Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00"),
    ("Etc/GMT+12", "2026-01-01", "2026-01-01T12:00:00"),
]


def moments(zone: str, day: date) -> list[datetime]:
    """Return the beginnings of a day and of its neighbours, with what is just before and after."""
    edges = {beginning(day + timedelta(days=days), ZoneInfo(zone)) for days in (0, 1)}
    steps = [timedelta(), timedelta(microseconds=1), timedelta(minutes=59)]
    return sorted({moment for edge in edges for step in steps for moment in (edge - step, edge + step)})


@dataclass
class Place:
    """A user in a time zone, a day, and tasks due on it, around it and at its edges."""

    user: Caller
    zone: str
    day: date
    tasks: list[Json]


@pytest.fixture(scope="module", params=[(zone, day) for zone, day, _ in DAYS], ids="{0[0]} {0[1]}".format)
def place(api: Api, _empty_table: None, request: pytest.FixtureRequest) -> Place:
    user, (zone, text) = api.sign_up(), request.param
    assert user.call("PATCH", "/api/auth/me", {"time_zone": zone}).status == 200
    day = date.fromisoformat(text)
    due = [(day + timedelta(days=days)).isoformat() for days in range(-2, 3)]
    due += [moment.isoformat() for moment in moments(zone, day)]
    return Place(user, zone, day, [user.create_task(due_date=one, title=one) for one in due])


def listed(user: Caller, **parameters: str) -> list[str]:
    return [
        task["title"] for task in items_of(user.call("GET", "tasks", query=urlencode({**parameters, "limit": 100})))
    ]


def limits(zone: str, day: date) -> Iterator[str]:
    yield from ((day + timedelta(days=days)).isoformat() for days in (-1, 0, 1))
    yield from (moment.isoformat() for moment in moments(zone, day))


@pytest.mark.parametrize(("zone", "day", "begins"), DAYS)
def test_oracle_knows_when_days_begin(zone: str, day: str, begins: str) -> None:
    assert beginning(date.fromisoformat(day), ZoneInfo(zone)).isoformat() == f"{begins}+00:00"


def test_due_before_and_after_split_the_tasks_where_the_day_ends(place: Place) -> None:
    for limit in limits(place.zone, place.day):
        for name in ("due_before", "due_after"):
            wanted = [task["title"] for task in expected(place.tasks, {name: limit}, zone=place.zone)]
            assert listed(place.user, **{name: limit}) == wanted, (name, limit)


def test_a_day_is_what_is_due_before_the_next_and_after_the_last(place: Place) -> None:
    before, after = (place.day + timedelta(days=days) for days in (1, -1))
    both = {"due_after": after.isoformat(), "due_before": before.isoformat()}
    assert listed(place.user, **both) == [task["title"] for task in expected(place.tasks, both, zone=place.zone)]


def test_overdue_is_what_ended_before_now(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for now in moments(place.zone, place.day):
        with monkeypatch.context() as patched:
            patched.setattr(times, "now", lambda now=now: now)
            wanted = [task["title"] for task in expected(place.tasks, {"overdue": "true"}, zone=place.zone, now=now)]
            assert listed(place.user, overdue="true") == wanted, now


def test_new_time_zone_counts_at_once(user: Caller) -> None:
    user.create_task(title="late", due_date="2026-11-21T23:30:00Z")
    assert listed(user, due_before="2026-11-22") == ["late"]
    user.call("PATCH", "/api/auth/me", {"time_zone": "Asia/Kolkata"})
    assert listed(user, due_before="2026-11-22") == []
    assert listed(user, due_after="2026-11-21") == ["late"]


@pytest.mark.parametrize("sort", ["due_date", "-due_date", "priority"])
def test_time_zone_changed_between_pages_leaves_the_walk_going(user: Caller, sort: str) -> None:
    for hour in range(0, 24, 2):
        user.create_task(due_date=f"2026-11-21T{hour:02}:00:00Z")
    for zones in [("Etc/GMT+12", "Pacific/Kiritimati"), ("Pacific/Kiritimati", "Etc/GMT+12")]:
        for limit in ("due_before=2026-11-22&due_after=2026-11-20", "due_before=2026-11-21", "due_after=2026-11-21"):
            user.call("PATCH", "/api/auth/me", {"time_zone": zones[0]})
            first = user.call("GET", "tasks", query=f"{limit}&sort={sort}&limit=3")
            cursor = first.json["next_cursor"]
            user.call("PATCH", "/api/auth/me", {"time_zone": zones[1]})
            while cursor is not None:
                answer = user.call("GET", "tasks", query=f"{limit}&sort={sort}&limit=3&cursor={cursor}")
                assert not {one["id"] for one in items_of(answer)} & {one["id"] for one in first.json["items"]}
                cursor = answer.json["next_cursor"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York"])
def test_edges_of_the_calendar_are_listed(user: Caller, zone: str) -> None:
    user.call("PATCH", "/api/auth/me", {"time_zone": zone})
    due = [
        "0001-01-01", "0001-01-01T00:00:00Z", "0001-01-01T23:59:59Z", "2026-11-21", "9999-12-31T00:00:00Z", "9999-12-31",
        "9999-12-31T23:59:59.999999Z",
    ]  # fmt: skip
    for one in due:
        user.create_task(due_date=one, title=one)
    early, late = {one for one in due if one < "1000"}, {one for one in due if one > "9000"}
    assert set(listed(user, due_before="2000-01-01")) == early
    assert set(listed(user, due_after="2000-01-01")) == late | {"2026-11-21"}
    assert listed(user, due_before="0001-01-01T00:00:00Z") == []
    assert listed(user, due_after="9999-12-31T23:59:59.999999Z") in ([], ["9999-12-31"])
    assert "0001-01-01T23:59:59Z" not in listed(user, due_before="0001-01-01T12:00:00Z")
    assert "0001-01-01T00:00:00Z" not in listed(user, due_after="0001-01-01T00:00:00Z")
    assert "9999-12-31T23:59:59.999999Z" in listed(user, due_after="9999-12-31T23:00:00Z")
    assert "9999-12-31T23:59:59.999999Z" not in listed(user, due_before="9999-12-31T23:00:00Z")
    assert set(listed(user, overdue="true")) >= early
    for limit in ("0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31"):
        before, after = set(listed(user, due_before=limit)), set(listed(user, due_after=limit))
        assert not before & after
        assert limit not in before | after
