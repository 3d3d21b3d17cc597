"""Tables and plots of the part `processes`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tools.bench import goals
from tools.bench.page import FOLDER, Figures, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What is compared, as it is called where it is shown; peers are shipped without .pyc, ours with.
TITLES: Final = {
    "empty": "empty handler (the floor)",
    "list_tasks": "list_tasks",
    "get_task": "get_task",
    "delete_task": "delete_task",
    "create_task": "create_task",
    "update_task": "update_task",
    "fastapi list_tasks": "FastAPI + Mangum, list",
    "fastapi create_task": "FastAPI + Mangum, create",
    "powertools list_tasks": "Powertools Event Handler, list",
    "powertools create_task": "Powertools Event Handler, create",
    "authorizer": "authorizer",
    "usual authorizer": "boto3 + Logger + PyJWT",
}
GZIP: Final = ("list_tasks gzip", "list_tasks, for a client that accepts gzip")
OURS, PEERS, AS_SHIPPED = "#1b7f5c", "#7d8797", "#b9c0cb"
PLOTTED: Final = {
    "list 20 tasks": (
        ("list_tasks", "with_pyc", "Lambdo", OURS),
        ("powertools list_tasks", "with_pyc", "Powertools, .pyc", PEERS),
        ("fastapi list_tasks", "with_pyc", "FastAPI, .pyc", PEERS),
        ("powertools list_tasks", "without_pyc", "Powertools, as shipped", AS_SHIPPED),
        ("fastapi list_tasks", "without_pyc", "FastAPI, as shipped", AS_SHIPPED),
    ),
    "create a task": (
        ("create_task", "with_pyc", "Lambdo", OURS),
        ("powertools create_task", "with_pyc", "Powertools, .pyc", PEERS),
        ("fastapi create_task", "with_pyc", "FastAPI, .pyc", PEERS),
        ("powertools create_task", "without_pyc", "Powertools, as shipped", AS_SHIPPED),
        ("fastapi create_task", "without_pyc", "FastAPI, as shipped", AS_SHIPPED),
    ),
    "authorize": (
        ("authorizer", "with_pyc", "Lambdo", OURS),
        ("usual authorizer", "with_pyc", "the usual way, .pyc", PEERS),
        ("usual authorizer", "without_pyc", "the usual way, as shipped", AS_SHIPPED),
    ),
}


def blocks(figures: Figures) -> Mapping[str, str]:
    """Return the goals, both headlines, the starts and the requests beside the peers', and the table of all functions."""
    processes = figures["processes"]
    return {
        "goals": goals.block(processes),
        "headline": goals.headline(processes),
        "front": goals.front(processes),
        "starts": table(
            ["", "init", "first request", "init without `.pyc`", "instructions of init", "without `.pyc`"],
            [[title, *_start(processes[name])] for name, title in TITLES.items()],
        ),
        "warm": table(
            ["", "p50", "p99", "peak memory"],
            [[title, *_request(processes[name])] for name, title in [*TITLES.items(), GZIP]],
        ),
        "functions": table(
            ["function", "init", "first request", "p50", "p99", "peak memory", "DynamoDB calls"],
            [
                [name, *_start(one)[:2], *_request(one), str(len(one["calls"]))]
                for name, one in sorted(processes.items())
                if name != "empty" and " " not in name
            ],
        ),
    }


def plots(figures: Figures) -> None:
    """Draw init and first request, warm requests, and memory, ours beside the peers'."""
    for name, measured, title in (
        ("starts", ["init", "first"], "CPU time of init and, paler, of the first request, ms"),
        ("warm", ["warm_p50"], "CPU time of a warm request, median, ms"),
        ("memory", ["peak_mb"], "peak memory, MB"),
    ):
        figure = _bars(figures["processes"], measured, title)
        figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None, "Creator": None})


def _start(one: Mapping[str, Any]) -> list[str]:
    ours, bare = one["with_pyc"], one.get("without_pyc", {})
    times = [ours["init"], ours["first"], bare.get("init")]
    counts = [ours.get("instructions"), bare.get("instructions")]
    return [*map(_milliseconds, times), *(f"{count:,} M" if count else "" for count in counts)]


def _request(one: Mapping[str, Any]) -> list[str]:
    memory = f"{one['peak_mb']:.0f} MB" if "peak_mb" in one else ""
    return [*(_milliseconds(one.get(name)) for name in ("warm_p50", "warm_p99")), memory]


def _milliseconds(time: float | None) -> str:
    if not time:
        return ""
    return f"{time:,.0f} ms" if time >= 10 else f"{time:.2f} ms"


def _bars(processes: Mapping[str, Any], measured: Sequence[str], title: str) -> "Figure":
    """Draw a bar for each process, of what was measured of it one after the other: ours, then its peers."""
    import matplotlib as mpl  # noqa: PLC0415 - only who draws has it
    from matplotlib.figure import Figure  # noqa: PLC0415

    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": title, "font.size": 9}
    figure = Figure(figsize=(8, 4.5 if "init" in measured else 3.2), layout="constrained")
    axes = figure.subplots()
    labels: dict[float, str] = {}
    for group, (task, names) in enumerate(PLOTTED.items()):
        for name, variant, label, color in names:
            if variant == "without_pyc" and "init" not in measured:
                continue
            place, right = len(labels) + group / 2, 0.0
            labels[place] = f"{label}: {task}"
            for number, one in enumerate(measured):
                value = {**processes[name], **processes[name][variant]}[one]
                axes.barh(place, value, left=right, color=color, alpha=1 - number / 2)
                right += value
            text = f"{right:,.0f}" if right >= 10 else f"{right:.2f}"
            axes.annotate(text, (right, place), (3, 0), textcoords="offset points", va="center")
    axes.set_yticks(list(labels), list(labels.values()))
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, loc="left")
    return figure
