"""MiniStack's process in a rehearsal: what its Lambda and its HTTP API do otherwise than AWS, corrected before it starts.

Runs by path in MiniStack's own environment, as tools/local/ministack does, to which it hands over.
"""

import hashlib
import os
import runpy
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

PLAIN_CHILD = Path(__file__).parents[1] / "local" / "ministack" / "__main__.py"


def run_functions_without_this_environment() -> None:
    """Give functions the plain interpreter: what a layer lacks, MiniStack's environment must not supply."""
    sys.executable = os.path.realpath(sys.executable)


def unpack_layers_once() -> None:
    """Let the functions' processes share their layers, which MiniStack unpacks anew for each.

    That is 1,400 files or more for each process, of which a rehearsal starts a hundred. On Lambda
    nothing can write to a layer either.
    """
    unpack, unpacking = zipfile.ZipFile.extractall, threading.Lock()

    def unpack_or_link(archive: zipfile.ZipFile, path: str) -> None:
        folder = Path(path)
        if not folder.name.startswith("layer_"):
            unpack(archive, folder)
            return
        contents = "".join(f"{one.filename} {one.CRC}\n" for one in archive.infolist())
        shared = Path(tempfile.gettempdir()) / hashlib.sha256(contents.encode()).hexdigest()
        with unpacking:
            if not shared.exists():
                unpack(archive, shared)
        folder.rmdir()
        folder.symlink_to(shared)

    zipfile.ZipFile.extractall = unpack_or_link  # type: ignore[method-assign, assignment]


def give_cookies_a_field_of_their_own() -> None:
    """Put a request's cookies where payload format 2.0 has them; MiniStack leaves them in the header.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    from ministack.services import lambda_svc  # noqa: PLC0415 - after the corrections above

    execute = lambda_svc._execute_function_with_config_scope  # noqa: SLF001 - MiniStack's version is pinned exactly

    def execute_with_cookies(function: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        if "cookie" in event.get("headers", {}):
            cookies = event["headers"].pop("cookie").split(";")
            event = {**event, "cookies": [one.strip() for one in cookies]}
        answer: dict[str, Any] = execute(function, event)
        return answer

    lambda_svc._execute_function_with_config_scope = execute_with_cookies  # noqa: SLF001


def name_functions_in_their_log_streams() -> None:
    """Name the function in its streams of the log group that all share; MiniStack names `YYYY/MM/DD/[<version>]<id>` alone.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """
    from ministack.services import cloudwatch_logs, lambda_svc  # noqa: PLC0415 - after the corrections above

    emit, naming = lambda_svc._emit_lambda_logs, threading.Lock()  # noqa: SLF001 - as above

    def emit_and_name(function: dict[str, Any], *arguments: Any, **options: Any) -> None:
        group, name = function["config"]["LoggingConfig"]["LogGroup"], function["config"]["FunctionName"]
        with naming:
            emit(function, *arguments, **options)
            streams = cloudwatch_logs._log_groups[group]["streams"]  # noqa: SLF001
            made = next(reversed(streams))
            day, _, version_and_id = made.partition("/[")
            version, _, environment = version_and_id.partition("]")
            streams[f"{day}/{name}[{version}][{environment}]"] = streams.pop(made)

    lambda_svc._emit_lambda_logs = emit_and_name  # noqa: SLF001


if __name__ == "__main__":
    run_functions_without_this_environment()
    unpack_layers_once()
    give_cookies_a_field_of_their_own()
    name_functions_in_their_log_streams()
    runpy.run_path(str(PLAIN_CHILD), run_name="__main__")
