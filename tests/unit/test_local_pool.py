"""Workers behave as Lambda execution environments do: context, failures, timeouts, output, fresh source."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tools.local.application import Function
from tools.local.pool import IDLE_SECONDS, SPARE_SECONDS, Pool, Result

HANDLER = """\
{imports}

def handler(event, context):
    {body}
"""
MEET = """\
folder = pathlib.Path({folder!r})
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < {people}: time.sleep(0.01)
    return os.getpid()"""
Make = Callable[..., Pool]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Return a function that writes a handler and gives its pool; every pool is closed at the end."""
    pools: list[Pool] = []

    def maker(body: str, imports: str = "import os", timeout: float = 60.0) -> Pool:
        write(tmp_path, body, imports)
        layer = tmp_path / "layer"
        layer.mkdir(exist_ok=True)
        environment = {
            "PATH": os.defpath,
            "AWS_LAMBDA_FUNCTION_NAME": "TryFunction",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/TryFunction",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        }
        code = tmp_path / "functions"
        sources = [code / "try_it", layer]
        path = [str(code), str(layer)]
        pools.append(
            Pool(Function("TryFunction", "try_it.app.handler", path, sources, {}, timeout, "arn:try"), environment)
        )
        return pools[-1]

    yield maker
    for pool in pools:
        pool.close()


def write(folder: Path, body: str, imports: str = "import os") -> None:
    path = folder / "functions" / "try_it" / "app.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HANDLER.format(imports=imports, body=body))


def call(pool: Pool, event: Any = None) -> Result:
    return pool.invoke(event or {}, "Root=1-trace")


def value(result: Result) -> Any:
    assert result.error is None, result
    return json.loads(result.payload or "")


def test_worker_stays_warm(make: Make) -> None:
    pool = make("return os.getpid()")
    first, second = call(pool), call(pool)
    assert value(first) == value(second)
    assert (first.cold, second.cold) == (True, False)


def test_context_is_lambdas(make: Make) -> None:
    names = "aws_request_id function_name function_version memory_limit_in_mb invoked_function_arn log_group_name log_stream_name"
    pool = make(
        f"return [[getattr(context, name) for name in {names.split()!r}], context.get_remaining_time_in_millis()]"
    )
    (request_id, *rest), left = value(call(pool))
    assert rest == ["TryFunction", "$LATEST", "512", "arn:try", "/aws/lambda/TryFunction", "stream"]
    assert len(request_id) == 36
    assert 0 < left <= 60_000
    assert value(call(pool))[0][0] != request_id


def test_trace_id_is_of_the_invocation(make: Make) -> None:
    assert value(call(make("return os.environ['_X_AMZN_TRACE_ID']"))) == "Root=1-trace"


def test_environment_is_the_functions_alone(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert "AWS_PROFILE" not in value(call(make("return dict(os.environ)")))


def test_exception_is_reported_and_the_worker_serves_on(make: Make) -> None:
    pool = make("if event['fail']: raise ValueError('no such thing')\n    return os.getpid()")
    pid = value(call(pool, {"fail": False}))
    failed = call(pool, {"fail": True})
    assert failed.error is not None
    assert (failed.payload, failed.error["errorType"], failed.error["errorMessage"]) == (
        None,
        "ValueError",
        "no such thing",
    )
    assert "raise ValueError" in "".join(failed.error["stackTrace"])
    assert failed.lines[0] == "Traceback (most recent call last):"
    assert "worker.py" not in "".join(failed.lines)
    assert value(call(pool, {"fail": False})) == pid


@pytest.mark.parametrize("body", ["return object()", "return {1, 2}", "return b'bytes'"])
def test_answer_that_is_no_json_is_an_error(make: Make, body: str) -> None:
    failed = call(make(body))
    assert failed.error is not None
    assert failed.error["errorType"] == "TypeError"


@pytest.mark.parametrize(
    ("body", "status"),
    [("os._exit(9)", "9"), ("raise SystemExit(4)", "4"), ("os.kill(os.getpid(), 9)", "-9")],
)
def test_worker_that_exits_is_an_error_and_is_replaced(make: Make, body: str, status: str) -> None:
    pool = make(f"if event.get('die'): {body}\n    return os.getpid()")
    pid = value(call(pool))
    died = call(pool, {"die": True})
    assert died.error is not None
    assert died.error["errorMessage"] == f"Runtime exited with status {status}"
    assert value(call(pool)) != pid


def test_worker_that_runs_too_long_is_killed(make: Make) -> None:
    pool = make("print('waiting'); time.sleep(1000)", "import time", timeout=0.3)
    late = call(pool)
    assert late.error is not None
    assert (late.error["errorType"], late.error["errorMessage"]) == (
        "Sandbox.Timedout",
        "Task timed out after 0.30 seconds",
    )


@pytest.mark.parametrize(("imports", "kind"), [("import nowhere", "ModuleNotFoundError"), ("def (", "SyntaxError")])
def test_import_failure_is_an_error_until_it_is_fixed(make: Make, tmp_path: Path, imports: str, kind: str) -> None:
    pool = make("return 1", imports)
    failed = call(pool)
    assert failed.error is not None
    assert failed.error["errorType"] == "Runtime.ImportModuleError"
    assert kind in "".join(failed.lines)
    write(tmp_path, "return 2")
    assert value(call(pool)) == 2


def test_edit_of_the_same_second_and_size_is_served(make: Make, tmp_path: Path) -> None:
    pool = make("return 1")
    for number in range(2, 6):
        assert value(call(pool)) == number - 1
        write(tmp_path, f"return {number}")
    assert value(call(pool)) == 5


def test_edit_of_a_layer_is_served(make: Make, tmp_path: Path) -> None:
    pool = make("return ours.VALUE", "import ours")
    for number in (1, 2):
        (tmp_path / "layer" / "ours.py").write_text(f"VALUE = {number}\n")
        assert value(call(pool)) == number


def test_output_is_kept_apart_from_the_answer(make: Make) -> None:
    body = "print('out'); print('err', file=sys.stderr); print('{}', flush=True)\n    return 'answer'"
    result = call(make(body, "import sys"))
    assert value(result) == "answer"
    assert sorted(result.lines) == ["err", "out", "{}"]


def test_large_events_answers_and_output_pass(make: Make) -> None:
    event = {"body": "é" * 3_000_000}
    result = call(make("print('x' * 1_000_000)\n    return event"), event)
    assert value(result) == event
    assert result.lines == ["x" * 1_000_000]


def test_concurrent_requests_get_a_worker_each(make: Make, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    pool = make(MEET.format(folder=str(meeting), people=3), "import os, pathlib, time")
    with ThreadPoolExecutor(3) as executor:  # nobody returns until all three have arrived
        pids = list(executor.map(lambda _: value(call(pool)), range(3)))
    assert len(set(pids)) == 3


def test_requests_over_the_limit_wait_for_a_worker(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.local.pool.LIMIT", 2)
    pool = make("return os.getpid()")
    with ThreadPoolExecutor(8) as executor:
        pids = {value(one) for one in executor.map(lambda _: call(pool), range(24))}
    assert len(pids) <= 2


def test_idle_workers_are_reaped_the_spare_ones_sooner(make: Make, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    pool = make(MEET.format(folder=str(meeting), people=2), "import os, pathlib, time")
    with ThreadPoolExecutor(2) as executor:
        pids = {value(one) for one in executor.map(lambda _: call(pool), range(2))}
    last_used = max(worker.used for worker in pool._idle)
    pool.reap(last_used + SPARE_SECONDS + 1)
    assert {value(call(pool)) for _ in range(3)} < pids
    (worker,) = pool._idle
    pool.reap(worker.used + IDLE_SECONDS + 1)
    assert value(call(pool)) not in pids


def test_worker_that_dies_while_idle_is_replaced(make: Make) -> None:
    pool = make("return os.getpid()")
    pid = value(call(pool))
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert value(call(pool)) != pid


def test_handler_cannot_hang_on_standard_input(make: Make) -> None:
    assert value(call(make("return sys.stdin.read()", "import sys"))) == ""
