"""What each function imports, from the built layers alone, each in a process of its own: the price of its cold start."""

from functools import cache
from pathlib import Path

import pytest

from tests.endpoints import ENDPOINTS
from tests.support.builds import Builds
from tests.support.template import FUNCTIONS, granted, has_signing_layer, routes
from tools.local.application import ARCHITECTURE
from tools.measure import instructions
from tools.measure.built import start_built

LOGGER = {"aws_lambda_powertools", "botocore", "jmespath", "typing_extensions"}  # of botocore only its __init__
STORE = {"botocore", "dateutil", "jmespath", "six", "urllib3"}
MODELS = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection", "typing_extensions"}
SIGNING = {"_cffi_backend", "cryptography", "jwt"}
BCRYPT = {"bcrypt"}
# Of functions that hash or come after what does: cryptography itself imports bcrypt where it is installed.
HASHING = {
    "authorizer", "change_password", "delete_me", "log_in", "log_out", "provision_keys", "refresh_session", "register",
    "request_password_reset", "reset_password", "update_me", "verify_email",
}  # fmt: skip
AUTHORIZER = SIGNING | BCRYPT | {"typing_extensions"}


def allowed(function: str) -> set[str]:
    """Return what a function may import: a plain endpoint, by what it is allowed to call and whether it takes a body."""
    if function == "authorizer":
        return AUTHORIZER
    takes_body = any(str(endpoint) in routes(function) and endpoint.takes_body for endpoint in ENDPOINTS)
    return (
        LOGGER
        | (STORE if granted(function) else set())
        | (MODELS if takes_body else set())
        | (SIGNING if has_signing_layer(function) else set())
        | (BCRYPT if function in HASHING else set())
    )


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


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function_imports_only_the_packages_that_it_may(builds: Builds, function: str) -> None:
    assert _third_parties(builds[ARCHITECTURE], function) <= allowed(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_imports_what_is_forbidden(builds: Builds, function: str) -> None:
    assert not [name for name in _modules(builds[ARCHITECTURE], function) if name.startswith(FORBIDDEN_PREFIXES)]


@pytest.mark.check("T03")
def test_authorizer_imports_nothing_that_could_fetch_a_key(builds: Builds) -> None:
    assert not {"socket", "ssl", "http.client", "urllib.request"} & _modules(builds[ARCHITECTURE], "authorizer")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_imports_another(builds: Builds, function: str) -> None:
    assert {name.split(".")[0] for name in _modules(builds[ARCHITECTURE], function)} & set(FUNCTIONS) == {function}


@pytest.fixture(scope="module")
def yardstick() -> int:
    return instructions.of_yardstick()


@pytest.mark.skipif(
    not instructions.VALGRIND,
    reason="Valgrind, which counts instructions, is not installed: apt-get install valgrind (Linux)",
)
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
