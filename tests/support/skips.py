"""A plugin of pytest: the end of a run names the tests that were skipped; with ALL_TESTS=1, as in CI, only those listed here may be.

The reason of a skip says how to get what is missing.
"""

import os
from collections import Counter
from collections.abc import Iterable
from typing import Final

import pytest

# The beginning of tests' ids and of their reason: CI runs without these.
ALWAYS: Final = {
    "tests/model/test_planted_faults.py": "judges the tests, not the code",
}
# And without these on machines that lack what they need.
SOMETIMES: Final = {
    "tests/e2e/test_sam_local.py": "Lambda's image is not here",
    "tests/contract/test_imports.py::test_start_takes": "recorded with another Python or processor",
}

Skips = list[tuple[str, str]]  # the tests' ids and reasons


def read_skips(reports: Iterable[object]) -> Skips:
    """Return the skips among pytest's reports of tests and of modules."""
    found = [one for one in reports if isinstance(one, pytest.TestReport | pytest.CollectReport)]
    return [(one.nodeid, one.longrepr[2].removeprefix("Skipped: ")) for one in found if isinstance(one.longrepr, tuple)]


def judge(skips: Skips, others: Iterable[str]) -> list[str]:
    """Return what is wrong with the skips of a run in which the tests `others` were not skipped."""
    listed = ALWAYS | SOMETIMES
    wrong = [
        f"{test} was skipped and is not listed in tests/support/skips.py: {reason}"
        for test, reason in skips
        if not any(test.startswith(name) and reason.startswith(listed[name]) for name in listed)
    ]
    ran = [name for name in ALWAYS if any(test.startswith(name) for test in others)]
    return wrong + [f"{name} was not skipped: take it from the list in tests/support/skips.py" for name in ran]


def _verdict(config: pytest.Config) -> tuple[Skips, list[str]]:
    """Return the skips of this run and what is wrong with them; a process of pytest-xdist sees none."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    skips = read_skips(stats.get("skipped", []))
    others = [one.nodeid for kind in ("passed", "failed", "error") for one in stats.get(kind, [])]
    return skips, judge(skips, others) if os.environ.get("ALL_TESTS") == "1" else []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run whose skips are wrong."""
    if _verdict(session.config)[1] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the tests that were skipped, by what they need, and what is wrong with that."""
    skips, wrong = _verdict(config)
    if skips:
        terminalreporter.section(f"{len(skips)} skipped: not everything was tested", yellow=True, bold=True)
        for reason, count in Counter(reason for _, reason in skips).most_common():
            terminalreporter.write_line(f"{count:>4}  {reason}", yellow=True)
    for line in wrong:
        terminalreporter.write_line(line, red=True)
