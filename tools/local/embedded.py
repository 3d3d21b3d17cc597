"""The application on an embedded back end, with the environment of its functions set for this process: for tests and measurements."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from lambdo.table import aws
from tools.local.application import STACK, Application
from tools.local.backend import start_backend, stop_backend, wait_until_ready
from tools.local.provision import create_tables, provision_keys, use_endpoints, verify_senders
from tools.local.template import read_template


@contextlib.contextmanager
def embedded(root: Path, state: Path) -> Iterator[Application]:
    """Start the back end with its data under `state`, make the table and the keys, and yield the template's application.

    The layer must be on the path.
    """
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        backend = start_backend(root, state, lock.fileno())
        try:
            wait_until_ready(backend)
            use_endpoints(backend.url, backend.url)
            os.environ["POWERTOOLS_SERVICE_NAME"] = STACK
            aws.client.cache_clear()
            template = root / "template.yaml"
            unresolved = read_template(template, {}, {})
            create_tables(unresolved, backend.url)
            verify_senders(unresolved, backend.url)
            os.environ["TABLE_NAME"] = next(iter(unresolved.tables))
            application = read_template(template, {}, provision_keys(unresolved))
            for function in application.functions.values():
                os.environ.update({k: v for k, v in function.environment.items() if not k.startswith("AWS_")})
            yield application
        finally:
            stop_backend(backend)
