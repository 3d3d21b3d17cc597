"""Tables and plots of the part `processes`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tools.bench import goals
from tools.bench.page import FOLDER, Figures, table
from tools.bench.recorded import WITH_GZIP

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
GZIP: Final = (WITH_GZIP, "list_tasks, for a client that accepts gzip")
OURS, PEERS, AS_SHIPPED = "#1b7f5c", "#7d8797", "#b9c0cb"
# Ours, and its peers by their names in the plots.
PLOTTED: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "list 20 tasks": ("list_tasks", {"Powertools": "powertools list_tasks", "FastAPI": "fastapi list_tasks"}),
    "create a task": ("create_task", {"Powertools": "powertools create_task", "FastAPI": "fastapi create_task"}),
    "authorize": ("authorizer", {"the usual way": "usual authorizer"}),
}


def blocks(figures: Figures) -> Mapping[str, str]:
    """Return the goals, both headlines, the starts and the requests beside the peers'."""
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
    variants = one["with_pyc"], one["without_pyc"]
    times = [variants[0]["init"], variants[0]["first"], variants[1]["init"]]
    counts = [variant.get("instructions") for variant in variants]
    return [*map(_milliseconds, times), *(f"{count:,} M" if count else "" for count in counts)]


def _request(one: Mapping[str, Any]) -> list[str]:
    return [_milliseconds(one["warm_p50"]), _milliseconds(one["warm_p99"]), f"{one['peak_mb']:.0f} MB"]


def _milliseconds(time: float) -> str:
    return f"{time:,.0f} ms" if time >= 10 else f"{time:.2f} ms"


def _plotted(task: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the process, the variant, the label and the colour of each bar of a task."""
    ours, peers = PLOTTED[task]
    yield ours, "with_pyc", "Lambdo", OURS
    for variant, how, color in (("with_pyc", ".pyc", PEERS), ("without_pyc", "as shipped", AS_SHIPPED)):
        for peer, name in peers.items():
            yield name, variant, f"{peer}, {how}", color


def _bars(processes: Mapping[str, Any], measured: Sequence[str], title: str) -> "Figure":
    """Draw a bar for each process, of what was measured of it one after the other: ours, then its peers."""
    import matplotlib as mpl  # noqa: PLC0415 - only who draws has it
    from matplotlib.figure import Figure  # noqa: PLC0415

    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": title, "font.size": 9}
    figure = Figure(figsize=(8, 4.5 if "init" in measured else 3.2), layout="constrained")
    axes = figure.subplots()
    labels: dict[float, str] = {}
    for group, task in enumerate(PLOTTED):
        for name, variant, label, color in _plotted(task):
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
