"""A plugin of pytest: coverage is measured within tests that run something that no other test runs, and nowhere else.

To measure is to trace every line of Python, botocore's and pytest's too: a test takes half as long again.
"""

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

# They run what others have run before; what is measured is the same without them.
UNMEASURED = tuple(
    f"tests/{path}"
    for path in (
        "browser/",
        "contract/test_build",
        "contract/test_clocks",
        "contract/test_guard",
        "contract/test_imports",
        "contract/test_layout",
        "contract/test_prepare",
        "contract/test_stages",
        "contract/test_template",
        "e2e/",
        "faults/test_matrix",
        "functions/test_capacity",
        "functions/test_copy_back",
        "functions/test_deleted_accounts",
        "functions/test_every_route",
        "functions/test_fsck",
        "functions/test_interleavings",
        "functions/test_isolation",
        "functions/test_list_walks",
        "functions/test_restore.py",
        "functions/test_tags_of_tasks",
        "functions/test_unicode",
        "model/",
        "stand_ins/",
    )
)
TRACER = pytest.StashKey[Any]()  # pytest-cov's


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None]:
    """Stop measuring; pytest-cov, within whose hook this one is, has begun before the tests were imported."""
    session.config.stash[TRACER] = sys.gettrace()
    with _tracing(None if session.config.getoption("cov_source", None) else sys.gettrace()):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Measure the test, but not its fixtures; pytest-cov's own `no_cover` does nothing under pytest-xdist."""
    with _tracing(sys.gettrace() if item.nodeid.startswith(UNMEASURED) else item.config.stash[TRACER]):
        return (yield)


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> Callable[[], AbstractContextManager[None]]:
    """Return what measures a with block of a fixture: `with measured():`."""
    return lambda: _tracing(pytestconfig.stash[TRACER])


@contextmanager
def _tracing(tracer: Any) -> Iterator[None]:
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(before)
