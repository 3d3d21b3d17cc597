"""`python -m tools.sam_local`: what `make sam-local` runs. Its variables are PORT, STATE and PARAMS of `make dev`."""

import contextlib
import dataclasses
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

from tools.local import backend, pool, server
from tools.local.application import ARCHITECTURE, Application
from tools.local.console import StartError, complain
from tools.local.options import ROOT, Options, read_options
from tools.local.signals import catch_signals, wait_for_signal
from tools.local.state import lock_state

BUILD = ROOT / ".aws-sam" / "sam-local"
SAM = str(ROOT / ".venv" / "bin" / "sam")
HOST = "host.docker.internal"  # this machine, as its containers call it


def main() -> int:
    """Serve until stopped; return 0 after a clean stop, 1 after printing one line if the server cannot start or go on."""
    try:
        options = read_options()
        parameters = {"Architecture": ARCHITECTURE, **options.parameters}
        run(dataclasses.replace(options, state=options.state / "sam-local", parameters=parameters))
    except StartError as refused:
        complain(f"make sam-local: {refused}")
        return 1
    return 0


def run(options: Options) -> None:
    """Build, start MiniStack where containers can reach it, provision what a deployment would provide, and start SAM CLI."""
    address = find_address_for_containers()
    arrived, stopping = catch_signals(), threading.Event()
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(lock_state(options.state))
        aws = backend.start_backend(ROOT, options.state, lock, {**backend.DEV, "BIND_HOST": address}, keep=True)
        stack.callback(backend.stop_backend, aws)
        subprocess.run(["make", "build", f"ARGS=--build-dir {shlex.quote(str(BUILD))}"], check=True, cwd=ROOT)
        application, variables = server.provision_all(options, aws)
        pools = {one.function: application.functions[one.function] for one in application.sources}
        workers = {
            name: pool.Pool(one, server.build_environment(one.environment, variables)) for name, one in pools.items()
        }
        for one in workers.values():
            stack.callback(one.close)
        server.follow_streams(application, workers, variables, options, stopping)
        template = BUILD / "template.yaml"
        template.write_text(json.dumps(declare_endpoint(yaml_parse(template.read_text()))))
        values = options.state / "environment.json"
        values.write_text(json.dumps(build_environment(application, aws.url.replace(address, HOST)), indent=2))
        sam = subprocess.Popen([SAM, *build_arguments(template, values, options)], cwd=ROOT, start_new_session=True)
        stack.callback(stop, sam)
        stack.callback(stopping.set)
        while not wait_for_signal(arrived, 1):
            if sam.poll() is not None or backend.has_reported(aws):
                said = backend.read_report(aws) if backend.has_reported(aws) else ""
                raise StartError(said or f"sam local or MiniStack ended unexpectedly; see above and {aws.log}.")


def find_address_for_containers() -> str:
    """Return an address of this machine that containers can reach and other machines cannot.

    On Linux it is the address of Docker's bridge; Docker Desktop routes containers to the loopback interface. Raises StartError without Docker.
    """
    command = ["docker", "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}"]
    try:
        gateway = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise StartError("Docker is not running. make dev works without it.") from error
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind((gateway, 0))
        return gateway
    return "127.0.0.1"


def declare_endpoint(template: dict[str, Any]) -> dict[str, Any]:
    """Declare AWS_ENDPOINT_URL for every function: sam local sets only variables that the template declares."""
    template["Globals"]["Function"]["Environment"]["Variables"]["AWS_ENDPOINT_URL"] = ""
    return template


def build_environment(application: Application, endpoint: str) -> dict[str, dict[str, str]]:
    """Return the contents of sam local's --env-vars: for each function the values that its stack would set."""
    return {
        name: {
            **{key: value for key, value in one.environment.items() if not key.startswith("AWS_")},
            "AWS_ENDPOINT_URL": endpoint,
        }
        for name, one in application.functions.items()
    }


def build_arguments(template: Path, values: Path, options: Options) -> list[str]:
    """Return the arguments of `sam`. Without warm containers it would build an image for each request, which takes ten seconds."""
    return [
        *("local", "start-api", "--port", str(options.port), "--template", str(template), "--env-vars", str(values)),
        *("--skip-pull-image", "--warm-containers", "LAZY", "--add-host", f"{HOST}:host-gateway"),
        *("--layer-cache-basedir", str(BUILD / "layers")),
        *("--parameter-overrides", *(f"{name}={value}" for name, value in options.parameters.items())),
    ]


def stop(sam: subprocess.Popen[bytes]) -> None:
    """Let SAM CLI remove its containers and end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(sam.pid, signal.SIGINT)
    sam.wait()


if __name__ == "__main__":
    sys.exit(main())
