"""Starting, serving and stopping: one start brings everything up, one signal takes everything down again."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tools.local import backend, pool, provision
from tools.local.application import REGION, STACK, Application, read_template
from tools.local.console import Refused, capacity_units, complain, readable, request_line, say
from tools.local.gateway import Exchange, Gateway
from tools.local.options import Options


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: with Nagle, 40 ms a request

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the gateway reports each request with what it cost."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing of clients that hang up."""

    def version_string(self) -> str:
        return "lambdo-local"


def listen(port: int) -> socket.socket:
    """Take the port at once, before anything slow; raises Refused when it is in use."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        raise Refused(f"Port {port} is in use ({error.strerror}): stop what holds it or run make dev PORT=3001.") from None
    return listener


@contextlib.contextmanager
def locked(state: Path) -> Iterator[int]:
    """Hold the state folder's lock; raises Refused when another server has it, after waiting out one that is saving."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        (state / "logs").mkdir(exist_ok=True)
        descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refused(f"STATE={state} cannot be used: {error.strerror}.") from None
    try:
        deadline = time.monotonic() + backend.SAVE_SECONDS
        while not _lock(descriptor):
            holder = os.pread(descriptor, 20, 0).decode().strip()
            if _alive(holder) or time.monotonic() > deadline:
                raise Refused(f"{state} is in use by process {holder}: stop it or run make dev STATE=another-folder.")
            time.sleep(0.05)
        for old in (state / "logs").glob("*.log"):
            old.unlink(missing_ok=True)
        (state / "run.json").unlink(missing_ok=True)  # a killed server left it
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def catch_signals() -> threading.Event:
    """Return an event that SIGINT, SIGTERM and SIGHUP set; a second signal does not cut the saving short."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup make dev
            signal.signal(number, lambda *_: stopping.set())
    return stopping


def run(options: Options) -> None:
    """Serve until a signal comes; raises Refused when the server cannot start."""
    began = time.monotonic()
    stopping = catch_signals()
    os.environ.update(SAM_CLI_TELEMETRY="0", __SAM_CLI_APP_DIR=str(options.state / "sam"))
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(locked(options.state))
        listener = stack.enter_context(listen(options.port))
        aws = backend.start_backend(options.root, options.state, lock)
        stack.callback(_stop_backend, aws)
        variables = provision.use_endpoints(options.dynamodb_endpoint or aws.url, aws.url)
        application = _provisioned(options, aws, variables["AWS_ENDPOINT_URL_DYNAMODB"])
        pools = {one.name: pool.Pool(one, _environment(one.environment, variables)) for one in application.functions.values()}
        for one in pools.values():
            stack.callback(one.close)
        server = _server(options, application, pools, listener)
        for target, arguments in ((server.serve_forever, ()), (pool.reap_forever, (lambda: list(pools.values()), stopping))):
            threading.Thread(target=target, args=arguments, daemon=True).start()
        stack.callback(server.shutdown)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        report = options.state / "run.json"
        stack.callback(report.unlink, missing_ok=True)
        _write_report(report, _facts(url, options.state, aws, application, variables))
        say(f"Lambdo answers at {url} after {time.monotonic() - began:.1f} s; data in {options.state}; Ctrl-C stops.")
        say(f"  curl {url}/api/health")
        if options.seed:
            from tools.local.seed import seed

            threading.Thread(target=seed, args=(url,), daemon=True).start()
        while not stopping.wait(1):
            if aws.process.poll() is not None:
                raise Refused(f"MiniStack ended unexpectedly; see {aws.log}.")
        say("Stopping: saving the data.")


def _provisioned(options: Options, aws: backend.Backend, dynamodb: str) -> Application:
    """Read the template, make what it declares, and read it again with the values that making it gave."""
    template = options.root / "template.yaml"
    first = read_template(template, options.parameters, {})
    backend.wait_until_ready(aws)
    provision.create_tables(first, dynamodb)
    attributes = provision.provision_keys(first, options.root)
    return read_template(template, options.parameters, attributes) if attributes else first


def _stop_backend(aws: backend.Backend) -> None:
    if not backend.stop_backend(aws):
        complain(f"MiniStack did not stop and was killed: what came since the start is lost; see {aws.log}.")


def _environment(function: dict[str, str], variables: dict[str, str]) -> dict[str, str]:
    """Return a worker's whole environment, Lambda's and nothing of this terminal's.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    runtime = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function['AWS_LAMBDA_FUNCTION_NAME']}",
    }
    return runtime | function | variables


def _server(
    options: Options, application: Application, pools: dict[str, pool.Pool], listener: socket.socket
) -> BaseWSGIServer:
    template = options.root / "template.yaml"
    read = template.stat().st_mtime_ns
    told = threading.Event()
    verifier_version: dict[str, object] = {}

    def invoke(name: str, event: dict[str, Any], trace_id: str) -> pool.Result:
        return pools[name].invoke(event, trace_id)

    def done(exchange: Exchange) -> None:
        report(exchange, options)
        with contextlib.suppress(OSError):
            if template.stat().st_mtime_ns != read and not told.is_set():
                told.set()
                say("template.yaml was edited: stop and start make dev to serve it.")

    gateway = Gateway(application, invoke, done)

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        for name in {one.function for one in application.authorizers.values()}:
            version = pool.source_version(application.functions[name])
            if verifier_version.setdefault(name, version) != version:
                verifier_version[name] = version
                gateway.forget_verdicts()
        return gateway(environ, start_response)

    return make_server(
        "127.0.0.1", listener.getsockname()[1], serve, threaded=True, request_handler=Handler, fd=listener.fileno()
    )


def report(exchange: Exchange, options: Options) -> None:
    """Print the request's line and what a person should see of its functions' output; keep all output in the logs."""
    request = exchange.request
    lines = [line for _, result in exchange.results for line in result.lines]
    for name, result in exchange.results:
        with contextlib.suppress(OSError), (options.state / "logs" / f"{name}.log").open("a") as log:
            log.writelines(f"{line}\n" for line in result.lines)
    target = "".join(one if one.isprintable() else "?" for one in request.environ["REQUEST_URI"])
    milliseconds = (time.perf_counter() - exchange.started) * 1000
    cold = any(result.cold for _, result in exchange.results)
    shown = target if len(target) <= 60 else target[:57] + "..."
    say(request_line(request.method, shown, exchange.status, milliseconds, capacity_units(lines), cold))
    for name, result in exchange.results:
        for line in readable(result.lines, options.verbose):
            say(f"    {line}")
        if result.error is not None and not any(line.startswith("Traceback") for line in result.lines):
            say(f"    {name}: {result.error['errorType']}: {result.error['errorMessage']}")


def _facts(url: str, state: Path, aws: backend.Backend, application: Application, variables: dict[str, str]) -> dict[str, Any]:
    keys = application.keys or {}
    return {
        "url": url,
        "state": str(state),
        "pid": os.getpid(),
        "ministack_pid": aws.process.pid,
        "ministack_endpoint": aws.url,
        "dynamodb_endpoint": variables["AWS_ENDPOINT_URL_DYNAMODB"],
        "region": REGION,
        "stack": STACK,
        "tables": list(application.tables),
        "signing_keys_parameter": keys.get("SigningKeysParameter"),
        "cursor_keys_parameter": keys.get("CursorKeysParameter"),
        "environment": variables,
    }


def _write_report(path: Path, facts: dict[str, Any]) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(facts, indent=2) + "\n")
    draft.replace(path)
