"""The goals of docs/benchmarks.md, what was aimed at and what was measured; its headline, and that of the README."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.bench.page import Figures, kept, table

type Row = Sequence[str]


def block(processes: Mapping[str, Any]) -> str:
    """Return the table of all goals."""
    ours, usual = _dollars()
    cost = _goal("dollars for the mix of requests ÷ those of a REST API with FastAPI", 0.36, [ours / usual])
    return table(
        ["", "at most", "measured", ""],
        [*_of_processes(processes), *_of_sizes(kept("sizes")), _of_log(kept("operations")), cost],
    )


def headline(processes: Mapping[str, Any]) -> str:
    """Return the table of ours by the peers': starts as each is shipped and with our .pyc, the rest with them."""
    rows: list[Row] = []
    for name, task in (("list_tasks", "a list of 20 tasks"), ("create_task", "creating a task")):
        ours = processes[name]
        peers = [processes[f"{peer} {name}"] for peer in ("fastapi", "powertools")]
        start = _start(ours["with_pyc"])
        for variant, shipped in (("without_pyc", "as each is shipped"), ("with_pyc", "with our `.pyc` for all")):
            ratios = [_ratio(start, _start(one[variant])) for one in peers]
            rows.append([f"cold start for {task}: CPU time of init and first request, {shipped}", *ratios])
        for measured, title in (("warm_p50", "warm: CPU time"), ("peak_mb", "peak memory")):
            rows.append([f"{task}, {title}", *(_ratio(ours[measured], one[measured]) for one in peers)])
    ours, usual = _dollars()
    rows.append(
        ["dollars for a mix of requests, with gateway, table and logs", f"{_ratio(ours, usual)}, on a REST API", ""]
    )
    return table(["Lambdo ÷", "FastAPI, Mangum, boto3", "Powertools' Event Handler, boto3"], rows)


def front(processes: Mapping[str, Any]) -> str:
    """Return the two figures of the README: a cold start and a million requests, beside a usual way."""
    ours, usual = processes["list_tasks"], processes["fastapi list_tasks"]
    with_pyc, as_shipped = (
        _ratio(_start(ours["with_pyc"]), _start(usual[variant])) for variant in ("with_pyc", "without_pyc")
    )
    dollars, others = _dollars()
    return (
        f"- **{with_pyc}** of the CPU time of FastAPI, Mangum and boto3 for a cold start that lists 20 tasks, both with "
        f"`.pyc` files; **{as_shipped}** as each is shipped.\n"
        f"- **${dollars:.2f}** for a million requests of a typical mix, with gateway, table and logs; that is "
        f"{_ratio(dollars, others)} of a REST API with FastAPI."
    )


def _start(variant: Mapping[str, float]) -> float:
    return variant["init"] + variant["first"]


def _dollars() -> tuple[float, float]:
    """Return what a million requests cost with ours and on a REST API with FastAPI."""
    million = kept("cost")["million"]
    return million["lambdo"]["sum"], million["REST API and FastAPI"]["sum"]


def _ratio(ours: float, usual: float) -> str:
    return f"{ours / usual:.2f}"


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
    ratio = _start(processes["authorizer"]["with_pyc"]) / _start(processes["usual authorizer"]["without_pyc"])
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


def _of_log(operations: Figures) -> Row:
    """Return the row of the longest line of a request, which is one of a cold start."""
    longest = max(one["log_bytes"] for one in operations["operations"].values()) + len('"cold_start":true,')
    return _goal("KB (1,024 bytes) that a request logs, at most", 0.5, [longest / 1024])


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
