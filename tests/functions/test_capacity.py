"""What each operation may cost: the design's table, measured.

The embedded back end counts write units as DynamoDB does, but reads at a flat rate, so read units are reckoned here by
AWS's rule: 1 for each 4 KB begun, of the item for a get and of the sum of items for a query; 0.5 when nothing is read.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from lambdo.metering import meter
from tests.caller import PASSWORD, Answer, Api, Caller, Json

ITEM = 610  # bytes of the design's task
DUE = {"due_date": "2026-12-24"}
READ = 1.0  # the embedded back end's flat strong read


def size(item: dict[str, Any]) -> int:
    """Return an item's size as DynamoDB counts it: names and values in UTF-8, numbers about a byte for two digits."""
    length = 0
    for name, value in item.items():
        ((kind, inner),) = value.items()
        length += len(name.encode()) + {"BOOL": 1, "N": 1 + math.ceil(len(str(inner)) / 2)}.get(
            kind, len(str(inner).encode())
        )
    return length


def read_units(*sizes: int) -> int:
    return max(1, math.ceil(sum(sizes) / 4096))


@pytest.fixture
def sized(user: Caller, dump: Callable[[], list[dict[str, Any]]]) -> Callable[..., Json]:
    """Return what creates a task whose item has 610 bytes."""

    def create(**fields: Any) -> Json:
        probe = user.create_task(**{**fields, "title": "x", "description": "x"})
        (item,) = [one for one in dump() if one["sk"]["S"] == f"TASK#{probe['id']}"]
        user.call("DELETE", f"tasks/{probe['id']}")
        return user.create_task(**{**fields, "title": "x", "description": "x" * (ITEM - size(item) + 1)})

    return create


def used(answer: Answer) -> tuple[int, float]:
    """Return the calls and units of the request just answered; what it logged must be the same."""
    assert answer.status < 300, answer.text
    assert json.loads(answer.log)["capacity_units"] == meter.units
    return meter.calls, meter.units


def test_task_of_the_design_has_610_bytes(
    user: Caller, sized: Callable[..., Json], dump: Callable[[], list[dict[str, Any]]]
) -> None:
    task = sized()
    (item,) = [one for one in dump() if one["sk"]["S"] == f"TASK#{task['id']}"]
    assert size(item) == ITEM


def test_get_is_1_strong_read(user: Caller, sized: Callable[..., Json]) -> None:
    task = sized()
    assert used(user.call("GET", f"tasks/{task['id']}")) == (1, READ)
    assert read_units(ITEM) == 1


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4), ({"completed": True}, 3), ({"priority": "high"}, 3)])
def test_create_is_1_call_of_3_units_or_4_with_a_due_date(user: Caller, fields: Json, units: int) -> None:
    answer = user.call("POST", "tasks", {"title": "x", "description": "x" * 300, **fields})
    assert used(answer) == (1, units)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    "change", [{"title": "y"}, {"description": "y"}, {"description": None}, {"title": "y", "description": "y"}], ids=str
)
@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
def test_edit_of_title_or_description_is_1_call_of_at_most_4_units(
    user: Caller, sized: Callable[..., Json], method: str, change: Json, fields: Json, units: int
) -> None:
    task = sized(**fields)
    assert used(user.call(method, f"tasks/{task['id']}", change)) == (1, units)


@pytest.mark.parametrize("body", [None, {"completed": True}])
@pytest.mark.parametrize(("fields", "units"), [({}, 5), (DUE, 7)])
def test_complete_is_a_read_and_a_write_of_5_units_or_7_with_a_due_date(
    user: Caller, sized: Callable[..., Json], body: Any, fields: Json, units: int
) -> None:
    task = sized(**fields)
    assert used(user.call("PATCH", f"tasks/{task['id']}/complete", body)) == (2, READ + units)
    reopened = user.call("PATCH", f"tasks/{task['id']}/complete", {"completed": False} if body else None)
    assert used(reopened) == (2, READ + units)


@pytest.mark.parametrize(("change", "fields", "units"), [
    ({"priority": "high"}, {}, 4),
    ({"priority": "high"}, DUE, 5),
    ({"due_date": "2027-01-01"}, {}, 4),
    ({"due_date": "2027-01-01"}, DUE, 5),
    ({"due_date": None}, DUE, 4),
    ({"completed": True, "priority": "low", "due_date": "2027-01-01"}, DUE, 7),
], ids=str)  # fmt: skip
def test_change_of_an_ordered_field_is_a_read_and_a_write(
    user: Caller, sized: Callable[..., Json], change: Json, fields: Json, units: int
) -> None:
    task = sized(**fields)
    assert used(user.call("PUT", f"tasks/{task['id']}", change)) == (2, READ + units)


@pytest.mark.parametrize("body", [{}, {"completed": False}, {"priority": "medium"}])
def test_change_that_changes_nothing_is_1_read(user: Caller, body: Json) -> None:
    task = user.create_task()
    assert used(user.call("PATCH", f"tasks/{task['id']}", body)) == (1, READ)


@pytest.mark.parametrize(("fields", "units"), [({}, 3), (DUE, 4)])
def test_delete_is_1_unit_and_1_for_each_index(
    user: Caller, sized: Callable[..., Json], fields: Json, units: int
) -> None:
    task = sized(**fields)
    assert used(user.call("DELETE", f"tasks/{task['id']}")) == (1, units)


@pytest.mark.parametrize("query", ["", "status=open", "limit=20&status=open"])
def test_page_of_20_is_1_query_of_at_most_3_units(user: Caller, sized: Callable[..., Json], query: str) -> None:
    description = sized(**DUE)["description"]
    for _ in range(20):
        user.create_task(title="x", description=description, **DUE)
    answer = user.call("GET", "tasks", query=query)
    assert len(answer.json["items"]) == 20
    assert used(answer) == (1, READ)
    assert read_units(*[ITEM] * 20) == 3


def test_refused_id_costs_nothing(user: Caller) -> None:
    user.call("GET", "tasks/nonsense")
    assert (meter.calls, meter.units) == (0, 0)


def test_register_is_1_transaction_of_4_units(api: Api) -> None:
    answer = api.call("POST", "/api/auth/register", {"email": "capacity@example.com", "password": PASSWORD})
    assert used(answer) == (1, 4)


def test_log_in_is_1_read_and_1_write(api: Api, user: Caller) -> None:
    answer = api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD})
    assert used(answer) == (2, READ + 1)


def test_refresh_and_log_out_are_1_write_each(api: Api, user: Caller) -> None:
    refreshed = api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token})
    assert used(refreshed) == (1, 1)
    assert used(api.call("POST", "/api/auth/logout", {"refresh_token": refreshed.json["refresh_token"]})) == (1, 1)


@pytest.mark.parametrize("path", ["/api/auth/me", "/api/health"])
def test_me_and_health_are_1_read(user: Caller, path: str) -> None:
    assert used(user.call("GET", path)) == (1, READ)
