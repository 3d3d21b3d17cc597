"""A plugin of pytest: how pytest-xdist shares the tests out among processes."""

import os
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parents[2]
E2E = ("api_guide", "attacks", "fuzz", "generated_client", "restore_drill", "smoke", "story")
SHARING = {
    "browser": {str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "browser").glob("test_*.py")},
    "builds": {"tests/contract/test_build.py", "tests/contract/test_imports.py"},
    "stand-ins": {str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "stand_ins").glob("test_*.py")},
    "running API": {f"tests/e2e/test_{name}.py" for name in E2E},
}
LONGEST = (
    "tests/browser/",
    "tests/e2e/",
    "tests/faults/",
    "tests/model/",
    "tests/stand_ins/",
    "tests/functions/test_list_walks",
)


class _Scheduling(LoadFileScheduling):  # type: ignore[misc] # of a package without types
    """Keeps each file in one process, and all that share a build or the running API: those take long to make."""

    def _split_scope(self, nodeid: str) -> str:
        path = str(super()._split_scope(nodeid))
        return next((kind for kind, paths in SHARING.items() if path in paths), path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Share the tests out; pytest-xdist's own groups come to nothing with pytest 9.2, whose tests' ids it cannot change."""
    return _Scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start one process more than there are processors: while one waits for a browser or a server, the others go on."""
    return (os.process_cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that none is left over at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
