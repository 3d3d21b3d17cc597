"""operations.yaml: every alarm rings somewhere, for the reason that docs/operations.md argues, on metrics that exist."""

import itertools
import json
import re
import uuid
from typing import Any, get_args

import pytest

from lambdo.base import events
from lambdo.web import endpoint
from tests.support.stages import operations, processed, processed_operations
from tests.support.template import ROOT, template
from tools.in_process.api import Caller
from tools.in_process.network import READ_TIMEOUT, Network

# name: what it watches, and from where on it rings
ALARMS = {
    "internal-errors": ("internal_errors", 60, 1, "GreaterThanThreshold", 0),
    "server-errors": ("5xx Count", 300, 1, "GreaterThanThreshold", 1),
    "authorizer-errors": ("Errors", 60, 1, "GreaterThanThreshold", 0),
    "latency": ("Latency", 300, 3, "GreaterThanThreshold", 2000),
    "gateway-throttles": ("gateway_throttles", 300, 1, "GreaterThanThreshold", 100),
    "function-throttles": ("Throttles", 300, 1, "GreaterThanThreshold", 0),
    "table-throttles": ("ReadThrottleEvents WriteThrottleEvents", 300, 1, "GreaterThanThreshold", 10),
    "token-reuse": ("events", 3600, 1, "GreaterThanOrEqualToThreshold", 5),
    "mail-refused": ("events", 3600, 1, "GreaterThanOrEqualToThreshold", 5),
    "dead-letters": ("ApproximateNumberOfMessagesVisible", 60, 1, "GreaterThanThreshold", 0),
    "stream-age": ("IteratorAge", 300, 1, "GreaterThanThreshold", 3_600_000),
}
QUERIES = 10
# What the page says that a query reads, and the log groups that are chosen for it.
READS = {
    "access log": ["ApiLogGroup"],
    "functions": ["FunctionsLogGroup"],
    "both": ["ApiLogGroup", "FunctionsLogGroup"],
}


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {name: one["Properties"] for name, one in operations()["Resources"].items() if one["Type"] == kind}


def alarms() -> dict[str, dict[str, Any]]:
    """Map the alarm's name, without the stack's, to its properties."""
    return {
        alarm["AlarmName"]["Fn::Sub"].removeprefix("${StackName}-"): alarm
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
    }


def query_named(name: str) -> dict[str, Any]:
    return of_type("AWS::Logs::QueryDefinition")[name]


def operations_page() -> str:
    return (ROOT / "docs" / "operations.md").read_text()


def access_log_fields() -> set[str]:
    return set(json.loads(template()["Resources"]["Api"]["Properties"]["AccessLogSettings"]["Format"]))


def test_template_hands_over_exactly_what_is_asked_for() -> None:
    given = processed("prod")["Operations"]["Properties"]
    assert given["TemplateURL"] == "operations.yaml"
    assert set(given["Parameters"]) == set(operations()["Parameters"])
    assert given["Parameters"]["AuthorizerFunction"] == {"Ref": "AuthorizerFunction"}
    assert given["Parameters"]["ApiLogGroup"] == {"Ref": "ApiLogGroup"}
    assert given["Parameters"]["FunctionsLogGroup"] == {"Ref": "FunctionsLogGroup"}
    assert given["Parameters"]["StreamFunction"] == {"Ref": "FinishDeletionsFunction"}


@pytest.mark.check("I06")
def test_alarms_are_exactly_these() -> None:
    found = {}
    for name, alarm in alarms().items():
        metrics = [one["MetricStat"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
        watched = " ".join(one["Metric"]["MetricName"] for one in metrics) or alarm["MetricName"]
        (period,) = {one["Period"] for one in metrics} or {alarm["Period"]}
        found[name] = (watched, period, alarm["EvaluationPeriods"], alarm["ComparisonOperator"], alarm["Threshold"])
    assert found == ALARMS


@pytest.mark.check("I06")
@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_every_alarm_goes_to_the_topic_when_it_rings_and_when_it_stops(stage: str) -> None:
    stack = processed_operations(stage)
    found = [one["Properties"] for one in stack.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(found) == len(ALARMS)
    for alarm in found:
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
        assert alarm["TreatMissingData"] == "notBreaching", "what is not used reports nothing"
        assert "ActionsEnabled" not in alarm


@pytest.mark.parametrize("name", ALARMS)
def test_alarms_threshold_is_argued_for(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|[^|]+\|[^|]+\|$", operations_page(), re.MULTILINE)


def test_topic_mails_to_the_address_if_there_is_one() -> None:
    assert "AlarmSubscription" not in processed_operations("prod")
    mailed = processed_operations("prod", AlarmEmail="ops@example.com")["AlarmSubscription"]["Properties"]
    assert mailed == {"TopicArn": {"Ref": "AlarmTopic"}, "Protocol": "email", "Endpoint": "ops@example.com"}


def test_topic_takes_messages_of_this_accounts_alarms_and_budgets_alone() -> None:
    (policy,) = of_type("AWS::SNS::TopicPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]}
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_budget_warns_at_80_percent_and_when_100_are_forecast_if_there_is_one() -> None:
    assert "Budget" not in processed_operations("prod")
    budget = processed_operations("prod", MonthlyBudget="50")["Budget"]["Properties"]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": "50", "Unit": "USD"}
    warnings = [one["Notification"] for one in budget["NotificationsWithSubscribers"]]
    assert [(one["NotificationType"], one["Threshold"]) for one in warnings] == [("ACTUAL", 80), ("FORECASTED", 100)]
    for one in budget["NotificationsWithSubscribers"]:
        assert one["Subscribers"] == [{"SubscriptionType": "SNS", "Address": {"Ref": "AlarmTopic"}}]


@pytest.mark.check("T16", "I06")
@pytest.mark.parametrize(("alarm", "event"), [("token-reuse", "token_reused"), ("mail-refused", "mail_refused")])
def test_event_is_watched_where_the_functions_write_it(alarm: str, event: events.Event) -> None:
    events.record(event)
    (written,) = events.take()["_aws"]["CloudWatchMetrics"]
    watched = alarms()[alarm]
    assert watched["Namespace"] == {"Ref": "StackName"}
    assert [written["Metrics"][0]["Name"], written["Dimensions"]] == [watched["MetricName"], [["event"]]]
    assert watched["Dimensions"] == [{"Name": "event", "Value": event}]
    assert event in get_args(events.Event.__value__)


def test_metrics_of_the_access_log_read_fields_that_it_has() -> None:
    for found in of_type("AWS::Logs::MetricFilter").values():
        assert found["LogGroupName"] == {"Ref": "ApiLogGroup"}
        fields = re.findall(r"\$\.(\w+) = \"", found["FilterPattern"])
        assert fields
        assert set(fields) <= access_log_fields()
        (metric,) = found["MetricTransformations"]
        assert metric["MetricNamespace"] == {"Ref": "StackName"}
        assert "DefaultValue" not in metric, "it would make an idle stack pay for the metric"


def dashboard() -> dict[str, Any]:
    (found,) = of_type("AWS::CloudWatch::Dashboard").values()
    body: dict[str, Any] = json.loads(found["DashboardBody"]["Fn::Sub"])
    return body


def test_dashboard_shows_every_alarm() -> None:
    (widget,) = (one for one in dashboard()["widgets"] if one["type"] == "alarm")
    assert widget["properties"]["alarms"] == [f"${{{name}.Arn}}" for name in of_type("AWS::CloudWatch::Alarm")]


def test_dashboard_names_only_what_is_there() -> None:
    names = set(re.findall(r"\$\{([^}.]+)", json.dumps(dashboard())))
    assert names <= {*operations()["Parameters"], *operations()["Resources"], "AWS::Region"}


def test_dashboards_widgets_fill_rows_of_24_without_overlap() -> None:
    cells = [
        (x, y)
        for one in dashboard()["widgets"]
        for x, y in itertools.product(
            range(one["x"], one["x"] + one["width"]), range(one["y"], one["y"] + one["height"])
        )
    ]
    assert len(cells) == len(set(cells)) == 24 * (max(y for _, y in cells) + 1)
    assert max(x for x, _ in cells) == 23


def test_ten_queries_are_saved_and_documented() -> None:
    names = [
        query["Name"]["Fn::Sub"].removeprefix("${StackName}/")
        for query in of_type("AWS::Logs::QueryDefinition").values()
    ]
    assert [name[:2] for name in names] == [f"{number:02}" for number in range(1, QUERIES + 1)]
    assert [name for name in names if f"`{name}`" not in operations_page()] == []


@pytest.mark.parametrize("query", of_type("AWS::Logs::QueryDefinition"))
def test_query_reads_the_log_groups_that_the_page_says(query: str) -> None:
    name = query_named(query)["Name"]["Fn::Sub"].removeprefix("${StackName}/")
    (reads,) = re.findall(rf"^\| `{name}` \| ([^|]+) \|", operations_page(), re.MULTILINE)
    assert query_named(query)["LogGroupNames"] == [{"Ref": group} for group in READS[reads]]


@pytest.mark.parametrize("query", ["WhichExceptionsQuery", "OneRequestQuery"])
def test_function_is_read_from_the_name_of_its_log_stream(query: str) -> None:
    """Its format: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html."""
    (pattern,) = re.findall(r"parse @logStream /(.+)/$", query_named(query)["QueryString"], re.MULTILINE)
    stream = "2026/11/21/lambdo-prod-CreateTaskFunction-1aB2_c[12][0123456789abcdef0123456789abcdef]"
    found = re.search(pattern.replace("(?<", "(?P<"), stream)
    assert found is not None
    assert found["function_name"] == "lambdo-prod-CreateTaskFunction-1aB2_c"


SYNTAX = {"filter", "parse", "stats", "sort", "limit", "by", "as", "or", "and", "desc", "asc", "fields", "like"}


def fields_read(query: str) -> set[str]:
    """Return the fields that a query names, without its own (`as`, `(?<name>`), literals and functions."""
    text = re.sub(r'"[^"]*"|/[^/]*/', "", query)
    own = {*re.findall(r"\bas (\w+)", text), *re.findall(r"\(\?<(\w+)>", query)}
    return set(re.findall(r"(?<![\w.@])[a-z][\w.]*(?![\w(])", text)) - SYNTAX - own


def test_queries_of_the_access_log_read_fields_that_it_has() -> None:
    for query in of_type("AWS::Logs::QueryDefinition").values():
        if {"Ref": "ApiLogGroup"} in query["LogGroupNames"]:
            assert fields_read(query["QueryString"]) <= access_log_fields(), query["Name"]


def test_queries_of_the_functions_read_fields_that_their_lines_have(
    user: Caller, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "_cold", [True])
    answers = [user.call("POST", "tasks", {"title": "x"}), user.call("GET", f"tasks/{uuid.uuid4()}")]
    network.plan = [READ_TIMEOUT] * 3
    answers.append(user.call("GET", "tasks"))
    written = {name for answer in answers for name in json.loads(answer.log)}
    assert {"event", "code", "reason"} <= written
    of_exceptions = {"exception", "exception_name"}  # Powertools writes them for logger.exception
    of_lambda = {"type", "record.status"}  # its own lines, of time-outs and crashes
    for query in of_type("AWS::Logs::QueryDefinition").values():
        if {"Ref": "FunctionsLogGroup"} in query["LogGroupNames"]:
            assert fields_read(query["QueryString"]) <= written | of_exceptions | of_lambda, query["Name"]
