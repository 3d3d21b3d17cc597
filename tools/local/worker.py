"""The process that stands in for one Lambda execution environment: imports one handler, serves one event at a time.

Run by path with the standard library only: `python -I worker.py '<setup as JSON>'`. Events come as JSON lines on one
private descriptor and answers leave on another, so that whatever the handler prints stays on stdout and stderr.
When the server goes away, however it goes, the event pipe closes and the process ends.
"""

import importlib
import importlib.machinery
import json
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from importlib.abc import PathEntryFinder
from types import CodeType
from typing import Any

Handler = Callable[[Any, "Context"], Any]


class FreshSource(importlib.machinery.SourceFileLoader):
    """Compiles our own source each time: a .pyc counts seconds and bytes, so it can hide an edit of the same second."""

    def get_code(self, fullname: str) -> CodeType:
        """Compile the file as it is now."""
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class Context:
    """The context object: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html ."""

    client_context = None
    identity = None

    def __init__(self, invocation: dict[str, Any]) -> None:
        self.aws_request_id: str = invocation["request_id"]
        self.invoked_function_arn: str = invocation["arn"]
        self._deadline: float = invocation["deadline"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the function's timeout, in milliseconds."""
        return max(int((self._deadline - time.time()) * 1000), 0)

    def log(self, message: object) -> None:
        """Print a message, without a line break."""
        sys.stdout.write(str(message))


def describe_failure(error: BaseException, kind: str | None = None) -> dict[str, Any]:
    """Return an error as Lambda reports it: errorMessage, errorType, stackTrace."""
    stack = traceback.format_list(traceback.extract_tb(error.__traceback__))
    return {"errorMessage": str(error), "errorType": kind or type(error).__name__, "stackTrace": stack}


def load(setup: dict[str, Any]) -> Handler:
    """Import the handler from the function's folder and its layers, in Lambda's order of precedence."""
    folders = tuple(setup["path"])
    hook = importlib.machinery.FileFinder.path_hook((FreshSource, importlib.machinery.SOURCE_SUFFIXES))

    def own_source(path: str) -> PathEntryFinder:
        if not path.startswith(folders):
            raise ImportError(path)
        return hook(path)

    sys.path_hooks.insert(0, own_source)
    sys.path[:0] = folders
    module, _, name = setup["handler"].rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), name)
    return handler


def invoke(handler: Handler, invocation: dict[str, Any]) -> dict[str, Any]:
    """Run the handler once; an unhandled exception is printed here and reported without reaching the client."""
    os.environ["_X_AMZN_TRACE_ID"] = invocation["trace_id"]
    try:
        return {"payload": json.dumps(handler(invocation["event"], Context(invocation)))}
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is its own, and the process serves on, as in Lambda
        error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)  # this frame says nothing
        traceback.print_exception(error)
        return {"error": describe_failure(error)}


def main() -> None:
    """Import the handler, say whether that worked, and answer one event after another."""
    setup = json.loads(sys.argv[1])
    events: queue.Queue[str] = queue.Queue()

    def read() -> None:
        with os.fdopen(setup["events"], encoding="utf-8") as source:
            for line in source:
                events.put(line)
        os._exit(0)

    for descriptor in (setup["events"], setup["answers"]):
        os.set_inheritable(descriptor, False)
    threading.Thread(target=read, daemon=True).start()
    with os.fdopen(setup["answers"], "w", encoding="utf-8") as target:

        def send(message: dict[str, Any]) -> None:
            sys.stdout.flush()
            sys.stderr.flush()
            target.write(json.dumps(message) + "\n")
            target.flush()

        try:
            handler = load(setup)
        except BaseException as error:  # noqa: BLE001 - SystemExit at import time included
            traceback.print_exc()
            send({"error": describe_failure(error, "Runtime.ImportModuleError")})
            return
        send({"ready": True})
        while True:
            send(invoke(handler, json.loads(events.get())))


if __name__ == "__main__":
    main()
