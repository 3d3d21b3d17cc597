"""The rehearsal's steps, in their order."""

import contextlib
import json
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from samcli.yamlhelper import yaml_parse

from tools.local.application import ARCHITECTURE
from tools.local.backend import Backend, start_backend, stop_backend, wait_until_ready
from tools.local.console import complain
from tools.local.options import ROOT
from tools.rehearse import account, routes, visitor
from tools.rehearse.commands import Shell, StepError, step

SECTION = "rehearsal"  # of CONFIGURATION
CONFIGURATION = ROOT / "samconfig.toml"
SAM, PYTHON = (str(ROOT / ".venv" / "bin" / name) for name in ("sam", "python"))
STORY, ATTACKS = "tests/e2e/test_story.py", "tests/e2e/test_attacks.py"

# The update's new version of get_health, which names itself in a header.
CHANGED = Path("GetHealthFunction", "get_health")
SECOND_VERSION = """

first_version = handler


def handler(event, context):
    answer = first_version(event, context)
    return answer | {"headers": answer["headers"] | {"x-version": "2"}}
"""


def rehearse(folder: Path, lock: int) -> None:
    """Build, deploy, use, update, use again and delete the stack; raises StepError at the first step that fails."""
    account.forget_other_accounts()
    settings = read_settings()
    name, bucket = settings["stack_name"], settings["s3_bucket"]
    build = folder / "build"
    with run_ministack(folder, lock) as backend:
        # The API is reached by number, everything else by name: see routes.DOMAIN.
        url, endpoint = backend.url, backend.url.replace(routes.DOMAIN, "localhost")
        shell = Shell(ROOT, account.build_environment(endpoint), folder / "logs")
        clients = account.make_clients(endpoint)
        with step("sam build"):
            shell.run("build", "make", "build", f"ARGS=--config-env {SECTION} --build-dir {shlex.quote(str(build))}")
        with step("MiniStack is running and enforces IAM"):
            wait_until_ready(backend)
            account.check_that_policies_bite(clients)
        clients("s3").create_bucket(Bucket=bucket)
        empty = account.list_inventory(clients)
        try:
            with step("sam deploy"):
                deploy(shell, "deploy", build, release=1)
            with step("create the routes, which MiniStack leaves out"):
                routes.create_routes(clients, name)
            run_suite(shell, "suite", url, STORY, ATTACKS)
            with step("a visitor starts to use it"):
                visit = visitor.use_before_update(url)
            with step("sam deploy: next signing key, new version of get_health"):
                write_second_version(build / CHANGED)
                deploy(shell, "update", build, release=2)
            with step("the new version responds; old tokens and cursors work"):
                check_version(url)
                visitor.use_after_update(url, visit)
            run_suite(shell, "suite-again", url, STORY)
        except Exception:
            account.save_function_logs(clients, folder / "logs")
            for line in account.list_failed_resources(clients):
                complain(line)
            raise
        with step("sam delete"):
            shell.run("delete", SAM, "delete", "--no-prompts", "--stack-name", name, "--s3-bucket", bucket)
        with step("nothing is left"):
            check_that_nothing_is_left(empty, account.list_inventory(clients))


def read_settings() -> dict[str, Any]:
    """Return what samconfig.toml says of the rehearsal's deployment."""
    settings: dict[str, Any] = tomllib.loads(CONFIGURATION.read_text())[SECTION]["deploy"]["parameters"]
    return settings


@contextlib.contextmanager
def run_ministack(folder: Path, lock: int) -> Iterator[Backend]:
    """Start MiniStack, which comes up while the build runs, and stop it in the end in any case."""
    backend = start_backend(ROOT, folder, lock, account.SETTINGS, Path(__file__).with_name("ministack_child.py"))
    try:
        yield backend
    finally:
        with step("stop MiniStack"):
            stop_backend(backend)


def deploy(shell: Shell, name: str, build: Path, *, release: int) -> None:
    """Deploy the build as this release, with its own signing key and the section's other parameters.

    MiniStack runs the functions on this machine, so they are deployed for its processor.
    """
    template = build / "template.yaml"
    template.write_text(json.dumps(adapt_to_ministack(yaml_parse(template.read_text()), release)))
    ours = (f"Architecture={ARCHITECTURE}", f"KeyVersion={release}")
    shell.run(
        name,
        *(SAM, "deploy", "--config-env", SECTION, "--no-progressbar"),
        *("--config-file", str(CONFIGURATION), "--template-file", str(template)),
        *("--parameter-overrides", *read_settings()["parameter_overrides"], *ours),
    )


def adapt_to_ministack(template: dict[str, Any], release: int) -> dict[str, Any]:
    """Return the template with the changes that MiniStack needs.

    MiniStack expands a template with the defaults of its parameters, CloudFormation with their values; Release decides which versions are
    published. MiniStack does not know AWS::Logs::QueryDefinition, so the nested stack of alarms is left out.
    """
    template["Parameters"]["Release"]["Default"] = f"{release:010}"
    for section in ("Resources", "Outputs"):
        kept = {name: one for name, one in template[section].items() if one.get("Condition") != "HasAlarms"}
        template[section] = kept
    return template


def run_suite(shell: Shell, name: str, url: str, *suite: str) -> None:
    """Run an end-to-end suite against the deployed API."""
    with step(f"end-to-end suite ({name}.log)"):
        shell.run(name, PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suite, LAMBDO_URL=url)


def write_second_version(package: Path) -> None:
    """Change the built function, and delete its .pyc files, which are never checked against the source."""
    with (package / "app.py").open("a") as source:
        source.write(SECOND_VERSION)
    for compiled in (package / "__pycache__").glob("app.*.pyc"):
        compiled.unlink()


def check_version(url: str) -> None:
    """Ask the changed function for its version; raises StepError if it is still the old one."""
    response = httpx.get(f"{url}/api/health", timeout=60, trust_env=False)
    if response.headers.get("x-version") != "2":
        raise StepError("The old version responded to GET /api/health after the update.")


def check_that_nothing_is_left(before: set[str], after: set[str]) -> None:
    """Compare the inventory of the account with that from before the stack; raises StepError if they differ."""
    if after != before:
        raise StepError("Left behind by the deleted stack:\n" + "\n".join(sorted(after ^ before)))
