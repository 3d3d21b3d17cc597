"""docs/fault-matrix.md, from the results of a run."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from tools.fault_matrix.faults import FAULTS, OVERTAKEN
from tools.fault_matrix.matrix import Outcome, Result

COLUMNS = [*(fault for fault in FAULTS if not fault.passes), OVERTAKEN]


def render(results: Sequence[Result]) -> str:
    """Return the page: the totals, and a table for each route with a row for each call of each request."""
    results = sorted(results, key=_place)
    outcomes = [outcome for result in results for outcome in result.outcomes]
    routes = {(result.request.method, result.request.path) for result in results}
    calls = sum(len(result.reference.operations) for result in results)
    wrong = sum(len(result.wrong) for result in results)
    broken = sum(500 in {outcome.answer, outcome.retry} for outcome in outcomes)
    retries = sum(outcome.retry is not None for outcome in outcomes)
    lines = [
        "# Fault matrix",
        "",
        "Written by `make fault-matrix`, which makes the requests of `tests/endpoints`; a test compares it with each run.",
        "How it is made, and what is looked at after each request: [0024](decisions/0024-how-faults-are-tested.md).",
        "",
        f"**{len(results)} requests to {len(routes)} routes, {calls:,} calls, {len(outcomes):,} faults, {retries:,} retries: "
        f"{wrong} violations, {broken} answers with 500.**",
        "",
        "| fault | times | what it is |",
        "|---|---|---|",
        *(
            f"| {fault.name} | {sum(o.fault is fault for o in outcomes):,} | {fault.what} |"
            for fault in [*FAULTS, OVERTAKEN]
        ),
        "",
        "The tables have a row for each call. A cell has the answer and that to the same request again: `503 → 201`. "
        "`twice` marks a retry that has another effect; with an Idempotency-Key there is none. "
        'Faults "once" and "re-sent" are counted under "unseen": the answer is as if nothing had happened, and there is no retry.',
    ]
    for (method, route), its in groupby(results, lambda result: (result.request.method, result.request.path)):
        lines += ["", f"## {method} {route}", "", *_table(list(its))]
    return "\n".join([*lines, ""])


def _place(result: Result) -> tuple[list[str], list[tuple[bool, str]]]:
    """Return a sort key for a route: its path, but the items of a collection come before its other parts."""
    segments = result.request.path.split("/")
    return segments[:4], [(not segment.startswith("{"), segment) for segment in segments[4:]]


def _table(results: Sequence[Result]) -> Iterator[str]:
    yield f"| request | call | unseen | {' | '.join(fault.name for fault in COLUMNS)} |"
    yield f"|{'---|' * (len(COLUMNS) + 3)}"
    for result in results:
        name = result.request.variant or "any"
        for step, operation in enumerate(result.reference.operations):
            outcomes = [outcome for outcome in result.outcomes if outcome.step == step]
            passed = sum(outcome.fault.passes for outcome in outcomes)
            unseen = f"{passed} × {result.reference.reply.status}" if passed else "as without key"
            seen = {outcome.fault: _cell(outcome) for outcome in outcomes}
            yield f"| {name} | {operation} | {unseen} | {' | '.join(seen.get(fault, '') for fault in COLUMNS)} |"
            name = ""
        if not result.reference.operations:
            yield f"| {name} | none |{' |' * (len(COLUMNS) + 1)}"


def _cell(outcome: Outcome) -> str:
    retry = f" → {outcome.retry}" if outcome.retry else ""
    return f"{outcome.answer or ''}{retry}{' twice' * outcome.twice}".strip()
