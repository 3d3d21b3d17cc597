"""Part `cost`: dollars from what was counted, by list prices (prices.toml), for lambdo and for two usual ways (ways.py)."""

import tomllib
from collections.abc import Callable, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final

from tools.bench.page import FOLDER, Figures, kept, table
from tools.bench.ways import GROWTH, HOURS, MIX, PEAK, Usage, containers, lambdo, mix, rest_and_fastapi

type Way = Callable[[float], Usage]  # what so many million requests of the mix use in a month

PRICES: Final = tomllib.loads(Path(__file__).with_name("prices.toml").read_text())
# What the columns of the tables add up.
COLUMNS: Final = {
    "gateway": {"http_api", "rest_api", "load_balancer", "load_balancer_unit", "public_address"},
    "compute": {"lambda_requests", "lambda_arm64", "lambda_x86_64", "fargate_vcpu", "fargate_memory"},
    "database": {"dynamodb_read", "dynamodb_write", "postgres", "postgres_storage"},
    "logs": {"lambda_logs", "other_logs"},
    "data out": {"data_out"},
}
MONTHS: Final = {"1 million": 1, "100 million": 100, "10 billion": 10_000}  # requests, and millions of them
# Million requests a month to look at, from 10,000 to 100 billion.
STEPS: Final = [10 ** (step / 50) for step in range(-100, 251)]
VARIANTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "as above": {},
    "with gzip, on arm64, without Lambda's own lines of log": {"thrifty": True},
    "as above, but on an HTTP API": {"gateway": "http_api"},
    "all of these": {"thrifty": True, "gateway": "http_api"},
}
FILTERS: Final = (1, 3, 10, 30, 100)  # tasks that the usual way reads for each that passes a filter


def measure() -> Figures:
    """Work out the costs of each operation, of the mix, of months, and where two ways cost the same."""
    counted, cpu = kept("operations"), _processor(kept("processes")["processes"])
    ours, usual = lambdo(counted, cpu["lambdo"]), rest_and_fastapi(counted, cpu["FastAPI"])
    ways: dict[str, Way] = {
        "lambdo": lambda millions: _times(mix(ours), millions),
        "REST API and FastAPI": lambda millions: _times(mix(usual), millions),
        "Fargate and PostgreSQL": lambda millions: containers(counted, millions),
    }
    million = {name: dollars(way(1)) for name, way in ways.items()}
    return {
        "cpu_ms": cpu,
        "operations": {name: {"units": _units(ours(name)), **dollars(ours(name))} for name in MIX},
        "million": million,
        "ratios": {
            str(read): million["lambdo"]["sum"]
            / dollars(mix(rest_and_fastapi(counted, cpu["FastAPI"], 1 / read)))["sum"]
            for read in FILTERS
        },
        "variants": {
            name: dollars(mix(rest_and_fastapi(counted, cpu["FastAPI"], **options)))["sum"]
            for name, options in VARIANTS.items()
        },
        "months": {name: [dollars(way(millions))["sum"] for millions in MONTHS.values()] for name, way in ways.items()},
        "usage": mix(ours),
        "curves": {name: [round(dollars(way(millions))["sum"], 4) for millions in STEPS] for name, way in ways.items()},
    }


def _processor(processes: Figures) -> Figures:
    """Return the CPU times of `ways.py` in ms: means of the two endpoints that were measured both ways."""
    ours, peers = (
        [processes[f"{prefix}{name}"] for name in ("create_task", "list_tasks")] for prefix in ("", "fastapi ")
    )
    return {
        "lambdo": {
            "warm": sum(one["warm_p50"] for one in ours) / 2,
            "init": sum(one["with_pyc"]["init"] for one in ours) / 2,
            "authorizer": processes["authorizer"]["warm_p50"],
        },
        "FastAPI": {
            "warm": sum(one["warm_p50"] for one in peers) / 2,
            "init": sum(one["without_pyc"]["init"] for one in peers) / 2,
        },
    }


def price(name: str, amount: float) -> float:
    """Return the dollars of an amount of something in a month."""
    bounds = [0.0, *(up_to for up_to, _ in PRICES[name]["tiers"])]
    parts = [max(0.0, min(amount, up_to) - below) for below, up_to in pairwise(bounds)]
    total: float = sum(part * each for part, (_, each) in zip(parts, PRICES[name]["tiers"], strict=True))
    return total


def dollars(usage: Usage) -> dict[str, float]:
    """Return what a month costs by column, and the sum."""
    columns = {
        column: sum(price(name, usage[name]) for name in sorted(names & usage.keys()))
        for column, names in COLUMNS.items()
    }
    return {**columns, "sum": sum(columns.values())}


def _times(usage: Usage, millions: float) -> Usage:
    return {name: amount * millions for name, amount in usage.items()}


def _units(usage: Usage) -> str:
    parts = {"RRU": usage["dynamodb_read"], "WRU": usage["dynamodb_write"]}
    return " + ".join(f"{amount:.3g} {unit}" for unit, amount in parts.items() if amount)


def blocks(figures: Figures) -> Mapping[str, str]:
    """Return the table of operations, the ways side by side, months, break-even points, and the prices."""
    head = [*COLUMNS, "sum"]
    operations, million, curves = figures["operations"], figures["million"], figures["curves"]
    return {
        "cost": table(
            ["a million times", "request units", *head],
            [[name, one["units"], *_row(one)] for name, one in operations.items()],
        ),
        "cost-ratios": table(
            ["tasks that a filter reads for each that passes it", *figures["ratios"]],
            [
                [
                    "lambdo's cost, as part of the REST API's and FastAPI's",
                    *(f"{one:.2f}" for one in figures["ratios"].values()),
                ]
            ],
        ),
        "cost-variants": table(
            ["REST API and FastAPI", "a million requests", "lambdo's cost, as part of that"],
            [
                [name, f"${sum_:.2f}", f"{million['lambdo']['sum'] / sum_:.2f}"]
                for name, sum_ in figures["variants"].items()
            ],
        ),
        "cost-mix": table(
            ["a million requests of the mix", *head], [[name, *_row(one)] for name, one in million.items()]
        ),
        "cost-months": table(
            ["requests a month", *MONTHS],
            [[name, *(f"${sum_:,.0f}" for sum_ in sums)] for name, sums in figures["months"].items()],
        ),
        "cost-sizes": table(
            ["requests a month", *MONTHS],
            [
                [what, *(_rounded(each * millions) for millions in MONTHS.values())]
                for what, each in _sizes(figures["usage"]).items()
            ],
        ),
        "cost-break-even": "\n".join(
            f"- {first} costs less than {second} {_crossing(curves[first], curves[second])}."
            for first, second in combinations(curves, 2)
        ),
        "prices": table(
            ["for one", "US dollars (up to so much a month)", "by", "read at", "of"],
            [
                [one["unit"], _tiers(one), f"[AWS]({one['aws']})", f"[page]({one['read']})", one["dated"]]
                for one in PRICES.values()
            ],
        ),
    }


def _sizes(usage: Usage) -> dict[str, float]:
    """Return what a million requests a month are, on average and at the busiest."""
    a_second = 1e6 / (HOURS * 3600)
    return {
        "requests a second, on average": a_second,
        "requests a second, at the busiest": PEAK * a_second,
        "functions at once, at the busiest": PEAK * usage["lambda_arm64"] / 0.5 / (HOURS * 3600),
        "read units a second, at the busiest": PEAK * usage["dynamodb_read"] * a_second,
        "write units a second, at the busiest": PEAK * usage["dynamodb_write"] * a_second,
        "GB of log a month": usage["lambda_logs"] + usage["other_logs"],
        "GB that the table grows in a month": GROWTH,
    }


def _rounded(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.1g}"


def _row(costs: Figures) -> list[str]:
    return [f"${costs[column]:.2f}" for column in [*COLUMNS, "sum"]]


def _tiers(one: Figures) -> str:
    *tiers, (_, last) = one["tiers"]
    return ", ".join([*(f"{each:g} (to {up_to:,.0f})" for up_to, each in tiers), f"{last:g}"])


def _crossing(first: list[float], second: list[float]) -> str:
    """Say up to how many requests a month the first of two ways is the cheaper one; steps make it so more than once."""
    cheaper = [one < other for one, other in zip(first, second, strict=True)]
    changes = [f"{STEPS[at]:,.0f} million" for at in range(1, len(STEPS)) if cheaper[at] != cheaper[at - 1]]
    if not changes:
        return "throughout" if cheaper[0] else "at no volume"
    return f"up to {' or '.join(dict.fromkeys((changes[0], changes[-1])))} requests a month"


def plots(figures: Figures) -> None:
    """Draw dollars a month over requests a month."""
    import matplotlib as mpl  # noqa: PLC0415 - only `make bench` has it

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - as above

    mpl.rcParams |= {"svg.hashsalt": "cost", "svg.fonttype": "none"}
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for name, curve in figures["curves"].items():
        axes.loglog([millions * 1e6 for millions in STEPS], curve, label=name)
    axes.set(xlabel="requests a month", ylabel="US dollars a month")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(FOLDER / "cost.svg", metadata={"Date": None})
    plt.close(figure)
