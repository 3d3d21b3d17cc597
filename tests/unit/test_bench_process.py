"""The process that is measured, and what stands around it: Lambda's runtime API, recorded answers, CPU time."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools.bench.stub import FunctionError
from tools.local.application import Function

started = pytest.importorskip("tools.bench.process", exc_type=ImportError).started

# Stands in for Lambda's client, which is in another environment than the tests.
CLIENT = """
import importlib, json, os, sys, urllib.request
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"

def post(path, value):
    urllib.request.urlopen(urllib.request.Request(f"{api}/{path}", json.dumps(value).encode())).read()

try:
    handler = importlib.import_module(sys.argv[1].partition(".")[0]).handler
except Exception as error:
    post("init/error", {"errorMessage": str(error)})
    raise
while True:
    with urllib.request.urlopen(f"{api}/invocation/next") as answer:
        event, request = json.load(answer), answer.headers["lambda-runtime-aws-request-id"]
    post(f"invocation/{request}/response", handler(event, None))
"""
# Its init takes 300 ms of CPU time, and a request as much as its event says, in a thread that has ended before the answer.
HANDLER = """
import threading, time

def burn(ms):
    start = time.thread_time()
    while time.thread_time() - start < ms / 1000:
        pass

burn(300)

def handler(event, context):
    thread = threading.Thread(target=burn, args=(event["ms"],))
    thread.start()
    thread.join()
    return {"burnt": event["ms"]}
"""
# Calls the operations that its event names, and returns what they answer.
CALLER = """
import json, os, urllib.request

def call(operation):
    url = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/"
    with urllib.request.urlopen(urllib.request.Request(url, b"{}", {"x-amz-target": operation})) as answer:
        return json.load(answer)["call"]

def handler(event, context):
    return [call(operation) for operation in event]
"""


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """Return what makes a function of its source."""

    def make(source: str) -> Function:
        (tmp_path / "awslambdaric").mkdir()
        (tmp_path / "awslambdaric" / "__main__.py").write_text(CLIENT)
        (tmp_path / "app.py").write_text(source)
        return Function("Measured", "app.handler", [str(tmp_path)], [], {}, 15.0, "")

    return make


@pytest.fixture
def back_end() -> Iterator[str]:
    """A service that answers each call with how many there have been."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps({"call": len(calls)}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Stay silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_cpu_time_is_told_apart_between_init_and_request_ended_threads_included(make: Any) -> None:
    with started(make(HANDLER)) as process:
        init = process.cpu_ms
        assert process.invoke({"ms": 200}) == {"burnt": 200}
        first = process.cpu_ms - init
        process.invoke({"ms": 0})
        second = process.cpu_ms - init - first
    assert init >= 300
    assert 200 <= first < 300
    assert second < 100


def test_peak_of_memory_stays_after_it_was_given_back(make: Any) -> None:
    source = "taken = bytes(1) * 100_000_000\ndel taken\ndef handler(event, context): return {}\n"
    with started(make(source)) as process:
        assert process.peak_mb > 100


def test_function_that_does_not_start_is_told_with_its_error(make: Any) -> None:
    with pytest.raises(FunctionError, match="broken"), started(make("raise ValueError('broken')\n")):
        pass


def test_answers_of_a_back_end_are_kept_and_played_by_operation_anew_for_each_event(make: Any, back_end: str) -> None:
    function = make(CALLER)
    with started(function, back_end=back_end) as process:
        assert process.invoke(["Get", "Put", "Get"]) == [1, 2, 3]
        recording = list(process.stub.recording)
    with started(function, recording) as process:
        for _ in range(2):
            assert process.invoke(["Put", "Get", "Get"]) == [2, 1, 3]
        assert process.invoke(["Get"]) == [1]
