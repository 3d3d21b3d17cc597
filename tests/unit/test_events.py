"""Events in the request's line: audit record and metric in one, within the line's size."""

import io
import json
import time
from typing import Any

import pytest

from lambdo.base import events
from lambdo.base.problems import Problem, ServiceUnavailable
from lambdo.base.settings import settings
from lambdo.web import endpoint as frame
from lambdo.web.endpoint import Request, Response, endpoint
from tools.in_process.api import Context, logging_to, recorded_event

USER = "01a1fd29-76f8-7e7d-9883-a61b136938d3"
NAMES = list(events.Event.__value__.__args__)
LONGEST_ROUTE = "POST /api/{user_id}/tasks/trash/{task_id}/restore"
pytestmark = pytest.mark.usefixtures("application")


def line(event: events.Event, problem: Problem | None = None, route: str = LONGEST_ROUTE, **details: Any) -> str:
    """Return what a public request logs in which this happened."""

    def handle(_: Request) -> Response:
        events.record(event, **details)
        if problem:
            raise problem
        return Response(204)

    frame._cold[0] = True  # which makes the line longer
    request = recorded_event() | {"routeKey": route}
    with logging_to(log := io.StringIO()):
        endpoint(public=True)(handle)(request, Context())
    return log.getvalue()


def test_event_is_part_of_the_requests_line_with_whose_account_it_was() -> None:
    logged = json.loads(line("logged_in", user_id=USER))
    assert (logged["message"], logged["event"], logged["user_id"]) == ("request", "logged_in", USER)


def test_event_is_a_metric_of_the_stack_counted_by_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_795_262_850.25)
    logged = json.loads(line("task_created", count=3))
    (metric,) = logged["_aws"]["CloudWatchMetrics"]
    assert metric == {
        "Namespace": settings.powertools_service_name,
        "Dimensions": [["event"]],
        "Metrics": [{"Name": "events"}],
    }
    assert (logged["event"], logged["events"]) == ("task_created", 3)
    assert logged["_aws"]["Timestamp"] == 1_795_262_850_250


@pytest.mark.parametrize("event", NAMES)
def test_suspicious_events_alone_are_warnings(event: events.Event) -> None:
    assert (json.loads(line(event))["level"] == "WARNING") == (event in events.SUSPICIOUS)


def test_event_of_a_request_that_failed_stands_instead_of_the_code_and_beside_the_reason() -> None:
    route = "DELETE /api/{user_id}/tasks/trash"
    text = line("trash_emptied", ServiceUnavailable("throttled"), route, user_id=USER, count=100)
    logged = json.loads(text)
    assert (logged["status"], logged["event"], logged["reason"]) == (503, "trash_emptied", "throttled")
    assert "code" not in logged
    assert len(text.encode()) <= 512


def test_event_is_forgotten_with_its_request() -> None:
    line("task_created")
    assert events.take() == {}


def test_event_of_a_request_that_broke_off_does_not_show_in_the_next() -> None:
    events.record("task_created", count=2)
    logged = json.loads(line("logged_in"))
    assert (logged["event"], logged["events"]) == ("logged_in", 1)


@pytest.mark.parametrize("event", NAMES)
def test_line_with_any_event_has_at_most_512_bytes(setting: Any, event: events.Event) -> None:
    setting(POWERTOOLS_SERVICE_NAME="lambdo-staging")
    text = line(event, user_id=USER)
    assert '"cold_start":true' in text
    assert len(text.encode()) <= 512
