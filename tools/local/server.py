"""Start, serve and stop: one command starts everything, one signal stops it."""

import contextlib
import errno
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tools.local import backend, pool
from tools.local.application import REGION, STACK, Application, EventSource
from tools.local.console import StartError, complain, say
from tools.local.delivery import Record
from tools.local.gateway import Exchange, Gateway
from tools.local.mailbox import Mailbox
from tools.local.options import Options
from tools.local.report import report_batch, report_mails, report_request
from tools.local.seed import seed
from tools.local.signals import catch_signals
from tools.local.state import announce, lock_state

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Pools = dict[str, pool.Pool]


class Handler(WSGIRequestHandler):
    """Serves HTTP without a log: the gateway reports each request with its capacity units."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: with Nagle, 40 ms a request

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do not log requests."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Do not report clients that close the connection."""

    def version_string(self) -> str:
        """Return the Server header."""
        return "lambdo-local"


def run(options: Options) -> None:
    """Serve until a signal arrives; raises StartError if the server cannot start or continue."""
    began = time.monotonic()
    # In a script's background SIGINT is ignored, also by the make around this process: make passes on SIGTERM alone.
    way_out = f"kill {os.getpid()}" if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else "Ctrl-C"
    arrived, stopping = catch_signals(), threading.Event()
    os.environ.update(SAM_CLI_TELEMETRY="0", __SAM_CLI_APP_DIR=str(options.state / "sam"))
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(lock_state(options.state))
        listener = stack.enter_context(listen(options.port))
        options = replace(options, port=listener.getsockname()[1])
        aws = backend.start_backend(options.root, options.state, lock, keep=True)
        stack.callback(backend.stop_backend, aws)
        with backend.explaining_failures(aws):
            application, variables = provision_all(options, aws)
        pools = {
            name: pool.Pool(one, build_environment(one.environment, variables))
            for name, one in application.functions.items()
        }
        for one in pools.values():
            stack.callback(one.close)
        gateway = _make_gateway(options, application, pools)
        server = _make_server(options, application, gateway, listener)
        _in_background(server.serve_forever)
        _in_background(pool.reap_forever, pools.values(), stopping)
        stack.callback(server.shutdown)
        stack.callback(stopping.set)
        url = f"http://127.0.0.1:{options.port}"
        stack.enter_context(announce(options.state, _collect_facts(url, aws, application, variables)))
        say(
            f"Lambdo runs at {url} after {time.monotonic() - began:.1f} s; data in {options.state}; {way_out} stops it."
        )
        say(f"  {url}/ in a browser: the app and the API documentation")
        say(f"  curl {url}/api/health")
        follow_streams(application, pools, variables, options, stopping)
        if options.seed:
            _in_background(seed, url)
        _wait_for_the_end(arrived, aws, gateway)
        say("Stopping.")


def _wait_for_the_end(arrived: int, aws: backend.Backend, gateway: Gateway) -> None:
    """Return when a signal arrives; raises StartError if MiniStack ends before, or could not save something."""
    trouble = ""
    while arrived not in select.select([arrived, aws.report], [], [])[0]:
        trouble = backend.read_report(aws)
        if not trouble:
            raise StartError(f"MiniStack ended unexpectedly; see {aws.log}. Everything that was acknowledged is saved.")
        gateway.out_of_order = f"{trouble} Free some space and start make dev again."
        complain(f"make dev: {gateway.out_of_order} Until then every request is answered with 507.")
    if trouble:
        raise StartError(trouble)


def listen(port: int) -> socket.socket:
    """Bind the port at once, before anything slow; raises StartError if it cannot be used."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise StartError(f"Port {port} {reason}. Choose another one, for example make dev PORT=3001.") from None
    return listener


def provision_all(options: Options, aws: backend.Backend) -> tuple[Application, dict[str, str]]:
    """Provision what the template declares; return the template, resolved with the results, and the variables of the endpoints."""
    # SAM CLI and botocore take two seconds to import: in that time MiniStack starts.
    from tools.local import provision, template  # noqa: PLC0415

    path, dynamodb = options.root / "template.yaml", options.dynamodb_endpoint or aws.url
    parameters = {"AppUrl": f"http://127.0.0.1:{options.port}/app", **options.parameters}  # for the links in emails
    variables = provision.use_endpoints(dynamodb, aws.url)
    application = template.read_template(path, parameters, {})
    backend.wait_until_ready(aws)
    provision.create_tables(application, dynamodb)
    provision.verify_senders(application, aws.url)
    attributes = provision.provision_keys(application)
    if attributes:
        application = template.read_template(path, parameters, attributes)
    return application, variables


def build_environment(function: dict[str, str], variables: dict[str, str]) -> dict[str, str]:
    """Return the whole environment of a worker: Lambda's, and nothing of this terminal's.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    runtime = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    }
    return runtime | function | variables


def _make_gateway(options: Options, application: Application, pools: Pools) -> Gateway:
    """Return the gateway, which reports each request, and once that the template was edited."""
    template = options.root / "template.yaml"
    read = template.stat().st_mtime_ns
    told = threading.Event()

    def invoke(name: str, event: dict[str, Any], trace_id: str) -> pool.Result:
        return pools[name].invoke(event, trace_id)

    def done(exchange: Exchange) -> None:
        report_request(exchange, options.state / "logs", verbose=options.verbose)
        with contextlib.suppress(OSError):
            if template.stat().st_mtime_ns != read and not told.is_set():
                told.set()
                say("template.yaml has changed. Restart make dev to apply it.")

    return Gateway(application, invoke, done)


def _make_server(
    options: Options, application: Application, gateway: Gateway, listener: socket.socket
) -> BaseWSGIServer:
    """Return the HTTP server; on each request it checks whether an authorizer was edited."""
    verifiers = [application.functions[one.function] for one in application.authorizers.values()]
    asked = [pool.read_version(one) for one in verifiers]

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        now = [pool.read_version(one) for one in verifiers]
        if now != asked:
            asked[:] = now
            gateway.forget_verdicts()
        return gateway(environ, start_response)

    return make_server("127.0.0.1", options.port, serve, threaded=True, request_handler=Handler, fd=listener.fileno())


def follow_streams(
    application: Application, pools: Pools, variables: dict[str, str], options: Options, stopping: threading.Event
) -> None:
    """Run the functions behind event source mappings, each in its own thread, and print the emails that they send."""
    mailbox = Mailbox(variables["AWS_ENDPOINT_URL_SESV2"])

    def invoke(source: EventSource, batch: list[Record]) -> pool.Result:
        started = time.perf_counter()
        result = pools[source.function].invoke(
            {"Records": batch}, f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}"
        )
        if not stopping.is_set():  # what fails now has lost its table, and is done at the next start
            report_batch(source, batch, started, result, options.state / "logs", verbose=options.verbose)
            report_mails(mailbox.take())
        return result

    # botocore comes with the template's reader, after MiniStack was started.
    from tools.local import streams  # noqa: PLC0415

    for source in application.sources:
        _in_background(
            streams.follow, source, variables["AWS_ENDPOINT_URL_DYNAMODB"], partial(invoke, source), stopping
        )


def _collect_facts(
    url: str, aws: backend.Backend, application: Application, variables: dict[str, str]
) -> dict[str, Any]:
    keys = application.keys or {}
    return {
        "url": url,
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


def _in_background(target: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()
