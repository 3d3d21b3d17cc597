"""The goals of docs/benchmarks.md: what was aimed at, and what was measured."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.bench.page import Figures, kept, table

type Row = Sequence[str]


def block(processes: Mapping[str, Any]) -> str:
    """Return the table of all goals."""
    ours, usual = (kept("cost")["million"][way]["sum"] for way in ("lambdo", "REST API and FastAPI"))
    cost = _goal("dollars for the mix of requests ÷ those of a REST API with FastAPI", 0.36, [ours / usual])
    return table(["", "at most", "measured", ""], [*_of_processes(processes), *_of_sizes(kept("sizes")), cost])


def _of_processes(processes: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows of the goals that processes can meet: our figures, as shipped, by the peers'."""
    reads, writes = ("list_tasks", "get_task", "delete_task"), ("create_task", "update_task")
    for names, peer, with_pyc, as_shipped in (
        (reads, "fastapi list_tasks", 0.34, 0.14),
        (writes, "fastapi create_task", 0.45, 0.18),
    ):
        inits = [processes[name]["with_pyc"]["init"] for name in names]
        for variant, limit, shipped in (
            ("with_pyc", with_pyc, "with `.pyc`"),
            ("without_pyc", as_shipped, "as shipped"),
        ):
            ratios = [init / processes[peer][variant]["init"] for init in inits]
            yield _goal(f"init of {', '.join(names)} ÷ FastAPI + Mangum's, {shipped}", limit, ratios)
    ours, usual = processes["authorizer"]["with_pyc"], processes["usual authorizer"]["without_pyc"]
    ratio = (ours["init"] + ours["first"]) / (usual["init"] + usual["first"])
    yield _goal("init and first request of the authorizer ÷ the usual one's, as shipped", 0.18, [ratio])
    for measured, title, limit in (("warm_p50", "CPU time of a warm request", 0.60), ("peak_mb", "peak memory", 0.67)):
        ratios = [
            processes[name][measured] / processes[f"fastapi {name}"][measured] for name in ("list_tasks", "create_task")
        ]
        yield _goal(f"{title}, of list_tasks, create_task ÷ FastAPI + Mangum's, with `.pyc`", limit, ratios)


def _goal(title: str, limit: float, ratios: Sequence[float]) -> Row:
    digits = 2 if limit < 1 else 1
    measured = ", ".join(f"{ratio:.{digits}f}" for ratio in ratios)
    return [title, f"{limit:.{digits}f}", measured, "met" if max(ratios) <= limit else "missed"]


def _of_sizes(sizes: Figures) -> Iterator[Row]:
    """Yield the rows of the goals that the build can meet, in MB, of both architectures."""
    tasks = [max(of[name] for name in ("list_tasks", "create_task")) for of in sizes["functions"].values()]
    yield _goal("MB that a function of tasks unpacks (arm64, x86_64)", 24, [size / 1e6 for size in tasks])
    for measured, title, limit in (("unpacked", "MB of all layers", 36), ("zipped", "MB of all layers, zipped", 13)):
        layers = [
            sum(one[measured] for name, one in sizes["layers"].items() if not name.endswith(other))
            for other in ("X8664Layer", "Arm64Layer")
        ]
        yield _goal(f"{title} (arm64, x86_64)", limit, [size / 1e6 for size in layers])
