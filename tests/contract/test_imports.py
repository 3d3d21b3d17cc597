"""What each function imports, from the built layers alone, each in a process of its own: the price of its cold start."""

from functools import cache
from pathlib import Path

import pytest

from tests.support.builds import Builds
from tests.support.template import FUNCTIONS
from tools.local.application import ARCHITECTURE
from tools.measure import instructions
from tools.measure.built import start_built

LOGGER = {"aws_lambda_powertools", "botocore", "jmespath", "typing_extensions"}  # of botocore only its __init__
STORE = {"botocore", "dateutil", "jmespath", "six", "urllib3"}
MODELS = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection", "typing_extensions"}
SIGNING = {"_cffi_backend", "cryptography", "jwt"}
BCRYPT = {"bcrypt"}
READ, WRITE = LOGGER | STORE, LOGGER | STORE | MODELS

# cryptography itself imports bcrypt where it is installed, so the authorizer cannot be without it.
ALLOWED: dict[str, set[str]] = {
    "authorizer": SIGNING | BCRYPT | {"typing_extensions"},
    "change_password": WRITE | BCRYPT,
    "change_tasks": WRITE,
    "complete_task": WRITE,
    "create_tag": WRITE,
    "create_task": WRITE,
    "delete_me": WRITE | BCRYPT,
    "delete_session": READ,
    "delete_sessions": READ,
    "delete_tag": READ,
    "delete_task": READ,
    "empty_trash": READ,
    "finish_deletions": READ,
    "get_app": LOGGER,
    "get_docs": LOGGER,
    "get_front_page": LOGGER,
    "get_health": READ,
    "get_jwks": LOGGER,
    "get_me": READ,
    "get_openapi": LOGGER,
    "get_tag": READ,
    "get_task": READ,
    "link_tag": READ,
    "list_sessions": READ,
    "list_tags": READ,
    "list_tasks": READ,
    "list_trash": READ,
    "log_in": WRITE | SIGNING | BCRYPT,
    "log_out": WRITE | SIGNING | BCRYPT,
    "provision_keys": READ | SIGNING | BCRYPT,
    "refresh_session": WRITE | SIGNING | BCRYPT,
    "register": WRITE | BCRYPT,
    "request_email_verification": READ,
    "request_password_reset": WRITE | BCRYPT,
    "reset_password": WRITE | BCRYPT,
    "restore_task": READ,
    "send_mail": READ,
    "unlink_tag": READ,
    "update_me": WRITE | BCRYPT,
    "update_tag": WRITE,
    "update_task": WRITE,
    "verify_email": WRITE | BCRYPT,
}
FORBIDDEN_PREFIXES = (
    "boto3",
    "aws_xray_sdk",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.parser",
    "aws_lambda_powertools.utilities.idempotency",
    # of what trim.py replaces
    "aws_lambda_powertools.metrics",
    "html.parser",
    "importlib.metadata",
)


@cache
def _modules(build: Path, function: str) -> frozenset[str]:
    return frozenset(start_built(build, function))


def _third_parties(build: Path, function: str) -> set[str]:
    """Return the top-level packages that come from the layers of third parties."""
    shipped = {path.name.split(".")[0] for path in build.glob("*Layer/python/*")} - {"lambdo"}
    return {name.split(".")[0] for name in _modules(build, function)} & shipped


def test_every_function_has_its_list() -> None:
    assert ALLOWED.keys() == set(FUNCTIONS)


@pytest.mark.parametrize("function", sorted(ALLOWED))
def test_function_imports_only_the_packages_of_its_list(builds: Builds, function: str) -> None:
    assert _third_parties(builds[ARCHITECTURE], function) <= ALLOWED[function]


@pytest.mark.parametrize("function", sorted(ALLOWED))
def test_no_function_imports_what_is_forbidden(builds: Builds, function: str) -> None:
    assert not [name for name in _modules(builds[ARCHITECTURE], function) if name.startswith(FORBIDDEN_PREFIXES)]


@pytest.mark.check("T03")
def test_authorizer_imports_nothing_that_could_fetch_a_key(builds: Builds) -> None:
    assert not {"socket", "ssl", "http.client", "urllib.request"} & _modules(builds[ARCHITECTURE], "authorizer")


@pytest.mark.parametrize("function", sorted(ALLOWED))
def test_no_function_imports_another(builds: Builds, function: str) -> None:
    assert {name.split(".")[0] for name in _modules(builds[ARCHITECTURE], function)} & ALLOWED.keys() == {function}


@pytest.fixture(scope="module")
def yardstick() -> int:
    return instructions.of_yardstick()


@pytest.mark.skipif(not instructions.VALGRIND, reason="Valgrind, which counts the instructions, is not installed")
@pytest.mark.skipif(
    instructions.recorded()["interpreter"] != instructions.INTERPRETER,
    reason="recorded with another Python or processor",
)
@pytest.mark.parametrize("function", instructions.FUNCTIONS)
def test_start_takes_the_instructions_that_were_recorded(builds: Builds, yardstick: int, function: str) -> None:
    recorded = instructions.recorded()["ratios"][function]
    found = instructions.of_start(builds[ARCHITECTURE], function) / yardstick
    assert found == pytest.approx(recorded, rel=0.05), (
        "if this is meant, record it: make build && make bench PARTS=instructions"
    )
