"""The API on a new embedded back end, for programs."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tools.in_process.api import Api, logging_to
from tools.in_process.environment import lift_limits
from tools.in_process.steady import one_moment, unhurried
from tools.local.embedded import embedded

ROOT: Final = Path(__file__).parents[2]


@contextmanager
def embedded_api() -> Iterator[Api]:
    """Yield the API; its log is discarded."""
    with (
        tempfile.TemporaryDirectory() as state,
        embedded(ROOT, Path(state)) as application,
        unhurried(application) as steady,
        one_moment(),
        logging_to(io.StringIO()),
    ):
        lift_limits()
        yield Api(steady)
