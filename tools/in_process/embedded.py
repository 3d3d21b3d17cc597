"""The API on an embedded back end of its own, for programs."""

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tools.in_process.api import Api, logging_to
from tools.local.embedded import embedded

ROOT: Final = Path(__file__).parents[2]


@contextmanager
def embedded_api() -> Iterator[Api]:
    """Yield the API. What imports the layer is imported only then: the layer makes its client when it is imported."""
    sys.path.insert(0, str(ROOT / "layers" / "common"))
    with tempfile.TemporaryDirectory() as state, embedded(ROOT, Path(state)) as application:
        from tools.in_process.limits import lift_limits  # noqa: PLC0415 - as above

        lift_limits()
        with logging_to(io.StringIO()):
            yield Api(application)
