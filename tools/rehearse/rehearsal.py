"""The rehearsal's steps, in their order."""

import contextlib
import json
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

SECTION = "rehearsal"  # of samconfig.toml
SETTINGS = tomllib.loads((ROOT / "samconfig.toml").read_text())[SECTION]["deploy"]["parameters"]
STACK, BUCKET = SETTINGS["stack_name"], SETTINGS["s3_bucket"]
SAM, PYTHON = (str(ROOT / ".venv" / "bin" / name) for name in ("sam", "python"))
STORY, ATTACKS = "tests/e2e/test_story.py", "tests/e2e/test_attacks.py"

# The update's other version of a function: get_health, which says so in a header.
CHANGED = Path("GetHealthFunction", "get_health")
SECOND_VERSION = """

first_version = handler


def handler(event, context):
    answer = first_version(event, context)
    return answer | {"headers": answer["headers"] | {"x-version": "2"}}
"""


def rehearse(folder: Path, lock: int) -> None:
    """Build, deploy, use, update, use again and delete the stack; raises StepError at the first that fails."""
    account.forget_other_accounts()
    build = folder / "build"
    with ministack(folder, lock) as backend:
        # By number the API answers there, by name everything else: see routes.DOMAIN.
        url, endpoint = backend.url, backend.url.replace(routes.DOMAIN, "localhost")
        shell = Shell(ROOT, account.environment(endpoint), folder / "logs")
        clients = account.clients_of(endpoint)
        with step("sam build"):
            shell.run("build", "make", "build", f"ARGS=--config-env {SECTION} --build-dir {build}")
        with step("MiniStack is running and enforces IAM"):
            wait_until_ready(backend)
            account.check_that_policies_bite(clients)
        clients("s3").create_bucket(Bucket=BUCKET)
        empty = account.inventory(clients)
        try:
            with step("sam deploy"):
                deploy(shell, "deploy", build, release=1)
            with step("create the routes that MiniStack omits"):
                routes.create_routes(clients, STACK)
            use(shell, "suite", url, STORY, ATTACKS)
            with step("a visitor starts to use it"):
                visit = visitor.before_the_update(url)
            with step("sam deploy: new signing key, new version of get_health"):
                write_second_version(build / CHANGED)
                deploy(shell, "update", build, release=2)
            with step("new version responds; old tokens and cursors still work"):
                check_version(url)
                visitor.after_the_update(url, visit)
            use(shell, "suite-again", url, STORY)
        except Exception:
            account.save_function_logs(clients, folder / "logs")
            for line in account.failed_resources(clients):
                complain(line)
            raise
        with step("sam delete"):
            shell.run("delete", SAM, "delete", "--no-prompts", "--stack-name", STACK, "--s3-bucket", BUCKET)
        with step("nothing is left behind"):
            check_that_nothing_is_left(empty, account.inventory(clients))


@contextlib.contextmanager
def ministack(folder: Path, lock: int) -> Iterator[Backend]:
    """Start MiniStack, which comes up while the build runs, and stop it at the end, however that comes."""
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
    template.write_text(json.dumps(for_ministack(yaml_parse(template.read_text()), release)))
    ours = (f"Architecture={ARCHITECTURE}", f"KeyVersion={release}")
    shell.run(
        name,
        *(SAM, "deploy", "--config-env", SECTION, "--no-progressbar"),
        *("--config-file", str(ROOT / "samconfig.toml"), "--template-file", str(template)),
        *("--parameter-overrides", *SETTINGS["parameter_overrides"], *ours),
    )


def for_ministack(template: dict[str, Any], release: int) -> dict[str, Any]:
    """Return the template with what MiniStack needs of it.

    It expands a template with the parameters' defaults, CloudFormation with their values; Release decides then which
    versions are published. And it knows no AWS::Logs::QueryDefinition, so that the nested stack of alarms has to go.
    """
    template["Parameters"]["Release"]["Default"] = f"{release:010}"
    for section in ("Resources", "Outputs"):
        kept = {name: one for name, one in template[section].items() if one.get("Condition") != "HasAlarms"}
        template[section] = kept
    return template


def use(shell: Shell, name: str, url: str, *suite: str) -> None:
    """Run an end-to-end suite against the deployed API."""
    with step(f"end-to-end suite ({name}.log)"):
        shell.run(name, PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suite, LAMBDO_URL=url)


def write_second_version(package: Path) -> None:
    """Change the built function; its .pyc are never checked against the source, so they go."""
    with (package / "app.py").open("a") as source:
        source.write(SECOND_VERSION)
    for compiled in (package / "__pycache__").glob("app.*.pyc"):
        compiled.unlink()


def check_version(url: str) -> None:
    """Ask the changed function for its version; raises StepError when the first one answers."""
    answer = httpx.get(f"{url}/api/health", timeout=60, trust_env=False)
    if answer.headers.get("x-version") != "2":
        raise StepError("GET /api/health still runs the old version.")


def check_that_nothing_is_left(before: set[str], after: set[str]) -> None:
    """Compare what stands in the account with what stood there before the stack."""
    if after != before:
        raise StepError("Left behind by the deleted stack:\n" + "\n".join(sorted(after ^ before)))
