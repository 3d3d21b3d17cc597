"""A function in a process of its own, on Lambda's runtime client, which tells what it has cost whenever it waits for an event."""

import compileall
import contextlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from tools.bench.stub import Exchange, Stub
from tools.local.application import REGION, Function
from tools.local.backend import CREDENTIALS

if sys.platform != "linux":
    raise ImportError("functions are measured on Linux alone: processes are pinned to processors and read from /proc")
CORES: Final = os.sched_getaffinity(0)
MEASURED_CORE: Final = max(CORES)  # for the processes; all else runs on the others, where there are any
OTHER_CORES: Final = (CORES - {MEASURED_CORE}) or CORES
RUNTIME_CLIENT: Final = ("awslambdaric", "simplejson", "snapshot_restore_py.py", "runtime_client*.so")


@cache
def runtime_client() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that has Lambda's runtime client and nothing else: the function is not to find other packages."""
    folder = tempfile.TemporaryDirectory(prefix="runtime-client-")
    for pattern in RUNTIME_CLIENT:
        for path in Path(sysconfig.get_path("platlib")).glob(pattern):
            (shutil.copytree if path.is_dir() else shutil.copy)(path, Path(folder.name, path.name))
    compileall.compile_dir(folder.name, quiet=2)
    return folder


@dataclass(frozen=True)
class Process:
    """A started function that waits for an event, and what it prints."""

    popen: subprocess.Popen[bytes]
    stub: Stub
    output: IO[bytes]

    def invoke(self, event: object) -> Any:  # noqa: ANN401 - whatever the function answers
        """Return the function's answer to an event."""
        return json.loads(self.stub.invoke(json.dumps(event).encode()))

    @property
    def cpu_ms(self) -> float:
        """CPU time of all its threads so far, those that have ended too: its clock by clock_getcpuclockid(3)."""
        return time.clock_gettime_ns(~self.popen.pid << 3 | 2) / 1e6

    @property
    def peak_mb(self) -> float:
        """The most memory that it has had so far, in MB."""
        status = Path(f"/proc/{self.popen.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


@contextlib.contextmanager
def started(
    function: Function,
    recording: Sequence[Exchange] = (),
    *,
    back_end: str | None = None,
    wrapper: Sequence[str] = (),
    cores: Collection[int] = (MEASURED_CORE,),
) -> Iterator[Process]:
    """Start a function, yield it when its init is over, and end it. Raises FunctionError if it does not start."""
    # -B: Lambda's file system is read-only, so no .pyc is written.
    python = [sys.executable, "-S", "-s", "-P", "-B", "-m", "awslambdaric", function.handler]
    with contextlib.closing(Stub(recording, back_end)) as stub, tempfile.TemporaryFile() as output:
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)  # which the child inherits
        popen = subprocess.Popen(
            [*wrapper, *python],
            cwd=function.path[0],
            env=_environment(function, stub),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        os.sched_setaffinity(0, before)
        try:
            stub.wait()
            yield Process(popen, stub, output)
        finally:
            popen.terminate()
            popen.wait()


def _environment(function: Function, stub: Stub) -> dict[str, str]:
    """Return the variables that the function has on Lambda, its services being the stub."""
    services = dict.fromkeys(("DYNAMODB", "SESV2", "SSM"), f"http://{stub.address}")
    variables = {name: value for name, value in function.environment.items() if name != "AWS_SAM_LOCAL"}
    return {
        **variables,
        **CREDENTIALS,
        **{f"AWS_ENDPOINT_URL_{name}": url for name, url in services.items()},
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_RUNTIME_API": stub.address,
        "PYTHONPATH": os.pathsep.join([*function.path, runtime_client().name]),
        "PYTHONHASHSEED": "0",
    }
