"""Part `processes`: what functions cost as processes, beside the same written the usual ways.

How it is measured, and why so: docs/decisions/0030-how-speed-is-measured.md.
"""

import contextlib
import os
import random
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from tools.bench.page import ROOT, Figures
from tools.bench.process import CORES, OTHER_CORES, Process, started
from tools.bench.processes_shown import blocks, plots
from tools.bench.recorded import WITH_GZIP, Case, outcome, record
from tools.bench.variants import Builds, builds, functions
from tools.local.embedded import embedded
from tools.measure import instructions

__all__ = ["blocks", "measure", "plots"]

STARTS: Final = 15  # of each function and variant, after one that fills the file cache
REQUESTS: Final = 2_000  # to each function
BLOCK: Final = 100  # requests to a function before another has its turn
# Whose instructions are counted, which takes fifty times as long; the init of a peer is that of both endpoints.
COUNTED: Final = {
    "empty",
    "list_tasks",
    "create_task",
    "authorizer",
    "fastapi create_task",
    "powertools create_task",
    "usual authorizer",
}

type Key = tuple[str, str]  # a case and a variant


def measure() -> Figures:
    """Record every request, then start and run the functions and their peers in random order."""
    with builds() as made:
        os.sched_setaffinity(0, OTHER_CORES)
        cases = _recorded(made)
        subjects = {(case.name, "with_pyc"): case for case in cases} | {
            (case.name, "without_pyc"): case._replace(function=made.without_pyc(case.function))
            for case in cases
            if case.name != WITH_GZIP
        }
        starts, warm, counts = _starts(subjects), _warm(cases), _instructions(subjects)
    figures: dict[str, Any] = {case.name: {**warm[case.name]} for case in cases}
    for name, variant in subjects:
        figures[name][variant] = starts[name, variant] | counts.get((name, variant), {})
    return {"starts": STARTS, "requests": REQUESTS, "processes": figures}


def _recorded(made: Builds) -> list[Case]:
    """Return the cases, recorded before an embedded back end."""
    with tempfile.TemporaryDirectory() as state, embedded(ROOT, Path(state)) as application:
        paths = {name: one.path for name, one in functions(made.ours).items()}
        built = {name: replace(one, path=paths[name]) for name, one in application.functions.items()}
        back_end = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
        return list(record(replace(application, functions=built), back_end, functions(made.peers)))


def _starts(subjects: Mapping[Key, Case]) -> dict[Key, Figures]:
    """Start each so many times; return the median CPU time of init and of the first request, in ms."""
    found: dict[Key, list[tuple[float, float]]] = {key: [] for key in subjects}
    for _ in range(STARTS + 1):
        for key, case in random.sample(list(subjects.items()), len(subjects)):
            with started(case.function, case.recording) as process:
                init = process.cpu_ms
                found[key].append((init, _request(process, case)))
    return {
        key: {"init": round(median(inits), 2), "first": round(median(firsts), 2)}
        for key, (_, *measured) in found.items()
        for inits, firsts in [zip(*measured, strict=True)]
    }


def _warm(cases: Sequence[Case]) -> dict[str, Figures]:
    """Send requests to all, which stay alive; return quantiles of their CPU times, in ms, and the peak of memory, in MB."""
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    with contextlib.ExitStack() as exits:
        running = [(case, exits.enter_context(started(case.function, case.recording))) for case in cases]
        for case, process in running:
            _request(process, case)  # the first is none of the warm ones
        for _ in range(REQUESTS // BLOCK):
            for case, process in random.sample(running, len(running)):
                found[case.name] += [_request(process, case) for _ in range(BLOCK)]
        return {
            case.name: {
                "warm_p50": round(median(found[case.name]), 3),
                "warm_p99": round(quantiles(found[case.name], n=100)[98], 3),
                "peak_mb": round(process.peak_mb, 1),
            }
            for case, process in running
        }


def _request(process: Process, case: Case) -> float:
    """Return the CPU time of a request, in ms; raises RuntimeError where the answer is not the recorded one's kind."""
    event, before = case.event(), process.cpu_ms
    answer = process.invoke(event)
    after = process.cpu_ms
    if outcome(answer) != outcome(case.answer):
        raise RuntimeError(f"{case.name} answered {answer}, and {case.answer} when it was recorded")
    return after - before


def _instructions(subjects: Mapping[Key, Case]) -> dict[Key, Figures]:
    """Return the instructions of init, in millions, of those that are counted; of none where valgrind is not installed."""
    if not instructions.VALGRIND:
        return {}
    counted = {key: case for key, case in subjects.items() if key[0] in COUNTED}
    with ThreadPoolExecutor(len(CORES)) as pool:  # counts do not mind company
        counts = pool.map(_count, counted.values())
        return {key: {"instructions": count} for key, count in zip(counted, counts, strict=True)}


def _count(case: Case) -> int:
    with started(case.function, case.recording, wrapper=instructions.COUNTING, cores=CORES) as process:
        process.popen.terminate()
        process.popen.wait()
        process.output.seek(0)
        return round(instructions.counted(process.output.read().decode()) / 1e6)
