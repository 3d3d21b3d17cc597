"""Arithmetic of the cost model: tiers, the mix, and where every price comes from."""

import re
from collections.abc import Callable

import pytest

from tools.bench import cost, operations, ways
from tools.bench.page import ROOT, Figures, kept

ONE = {
    "calls": 1,
    "read": 3,
    "write": 0,
    "log_bytes": 300,
    "header_bytes": 300,
    "body_bytes": 700,
    "plain_body_bytes": 700,
}
COUNTED: Figures = {"access_log_bytes": 300, "operations": {name: {**ONE} for name in ways.MIX}}
CPU = {"warm": 2.0, "init": 100.0, "authorizer": 1.0}


@pytest.mark.parametrize(("name", "amount", "dollars"), [
    ("http_api", 100, 100),
    ("http_api", 1_000, 300 + 700 * 0.9),
    ("rest_api", 1_333, 333 * 3.5 + 667 * 2.8 + 333 * 2.38),
    ("lambda_logs", 61_440, 10_240 * 0.5 + 20_480 * 0.25 + 20_480 * 0.1 + 10_240 * 0.05),
    ("data_out", 0, 0),
])  # fmt: skip
def test_each_tier_is_paid_for_what_lies_in_it(name: str, amount: float, dollars: float) -> None:
    assert cost.price(name, amount) == pytest.approx(dollars)


@pytest.mark.parametrize("name", cost.PRICES)
def test_price_names_its_pages_and_tiers_that_rise_without_end(name: str) -> None:
    one = cost.PRICES[name]
    assert one["aws"].startswith("https://aws.amazon.com/")
    assert one["read"].startswith("https://")
    assert one["dated"]
    bounds = [up_to for up_to, _ in one["tiers"]]
    assert bounds == sorted(set(bounds))
    assert bounds[-1] == float("inf")


def test_columns_add_up_everything_that_a_way_uses() -> None:
    added = set().union(*cost.COLUMNS.values())
    ours, usual = ways.lambdo(COUNTED, CPU), ways.rest_and_fastapi(COUNTED, CPU)
    for usage in (ways.mix(ours), ways.mix(usual), ways.containers(COUNTED, 1)):
        assert usage.keys() <= added
        assert cost.dollars(usage)["sum"] == pytest.approx(sum(cost.price(name, one) for name, one in usage.items()))


def test_mix_is_a_thousand_requests_of_operations_that_are_counted() -> None:
    assert sum(ways.MIX.values()) == 1_000
    assert ways.MIX.keys() <= kept("operations")["operations"].keys()


def test_usual_way_reads_as_many_tasks_more_as_its_filter_drops() -> None:
    by_tag = "list a page of 20 by tag"
    few, many = (ways.rest_and_fastapi(COUNTED, CPU, found)(by_tag)["dynamodb_read"] for found in (1, 1 / 10))
    assert (few, many) == (1.5, 15)


def test_containers_grow_with_requests_and_are_never_fewer_than_two() -> None:
    month = ways.HOURS * ways.CONTAINER_VCPU
    assert ways.containers(COUNTED, 0)["fargate_vcpu"] == 2 * month
    # 1,000 million requests: 1,142 a second at the busiest, of which a container takes 20.
    assert ways.containers(COUNTED, 1_000)["fargate_vcpu"] == 58 * month


@pytest.mark.parametrize(("first", "second", "said"), [
    (lambda _: 1, lambda _: 2, "throughout"),
    (lambda _: 2, lambda _: 1, "at no volume"),
    (lambda millions: millions, lambda _: 10, "up to 10 million requests a month"),
])  # fmt: skip
def test_break_even_point_is_where_the_first_way_ceases_to_be_cheaper(
    first: Callable[[float], float], second: Callable[[float], float], said: str
) -> None:
    assert cost._crossing([first(step) for step in cost.STEPS], [second(step) for step in cost.STEPS]) == said


def test_thrifty_way_costs_less_and_on_an_http_api_less_again() -> None:
    sums = [
        cost.dollars(ways.mix(ways.rest_and_fastapi(COUNTED, CPU, **options)))["sum"]
        for options in cost.VARIANTS.values()
    ]
    assert sums[0] > sums[1] > sums[2] > sums[3]


def test_access_log_line_has_a_value_for_every_variable() -> None:
    template = (ROOT / "template.yaml").read_text()
    assert set(re.findall(r"\$context\.([A-Za-z_.]+)", template)) == operations.CONTEXT.keys()
