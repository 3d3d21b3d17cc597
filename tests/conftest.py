"""What every test stands on: an embedded DynamoDB, SES and SSM, the table of template.yaml, and keys made by the deployment's code."""

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.provision_keys import keyring
from lambdo.base import times
from lambdo.base.budget import budget
from lambdo.base.logger import logger
from lambdo.base.settings import settings
from lambdo.table import aws, key_sets
from tests.support.documented import STALE, Seen, documented
from tests.support.frame import Observer
from tests.support.watch import Call, watch
from tools.in_process.api import OBSERVERS, Api, Caller
from tools.in_process.environment import forget, lift_limits
from tools.in_process.network import Network
from tools.in_process.steady import one_moment, unhurried
from tools.in_process.table import dumping
from tools.local.application import STACK, Application
from tools.local.embedded import embedded
from tools.local.provision import use_endpoints
from tools.openapi.staleness import is_stale

pytest_plugins = ["tests.support.measuring", "tests.support.sharing", "tests.support.skips"]

ROOT = Path(__file__).parent.parent
NOWHERE = "http://127.0.0.1:9"  # the discard port: what asks for no back end finds none, and never an account

use_endpoints(NOWHERE, NOWHERE)
os.environ["POWERTOOLS_SERVICE_NAME"] = STACK
# Set on Lambda; no line of the log shows it.
os.environ["_X_AMZN_TRACE_ID"] = "Root=1-6b015230-d4f9cd829d2bb9987f40f3b2;Parent=53995c3f42cd8ad8;Sampled=1"

OBSERVERS.append(Observer())
aws.session().register("provide-client-params", watch.called)
watch.setFormatter(logger().registered_formatter)
logger().addHandler(watch)


@pytest.fixture(autouse=True)
def _watched() -> Iterator[None]:
    """Hold every test to it that functions do what their policies allow, and log no secret."""
    yield
    watch.judge()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Judge all tests together; a process of pytest-xdist leaves that to the one that started it."""
    chosen = session.config.option
    files = {item.path for item in session.items}
    watch.whole |= not (chosen.keyword or chosen.markexpr) and files >= set((ROOT / "tests").rglob("test_*.py"))
    if hasattr(session.config, "workeroutput"):
        seen = [tuple(call) for call in watch.calls], [tuple(answer) for answer in documented.seen]
        session.config.workeroutput["watch"] = watch.whole, bool(documented.stale), *seen
        return
    unseen = watch.whole and (watch.unseen() or documented.unseen())
    if (unseen or documented.stale) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a process of pytest-xdist has seen."""
    if not error:
        whole, stale, calls, answers = node.workeroutput["watch"]
        watch.whole |= whole
        documented.stale = documented.stale or stale
        watch.calls |= {Call(*call) for call in calls}
        documented.seen |= {Seen(*answer) for answer in answers}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what the run of all tests has never seen."""
    for never in [*watch.unseen(), *documented.unseen()] if watch.whole else []:
        terminalreporter.write_line(f"never seen: {' '.join(map(str, never))}", red=True)
    if documented.stale:
        terminalreporter.write_line(STALE, red=True)


@pytest.fixture(scope="session", autouse=True)
def _signals_reach_children() -> Iterator[None]:
    """Let SIGINT and SIGHUP end what tests start, also where this process was started to ignore them, as by `nohup` or `&`.

    A program inherits that a signal is ignored, and not that it is handled.
    """
    ignored = [number for number in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="session", autouse=True)
def _moment() -> Iterator[None]:
    """Let all tests of this process happen at one moment, unless a test moves the clock."""
    with one_moment():
        yield


@pytest.fixture(scope="session")
def application(
    tmp_path_factory: pytest.TempPathFactory, measured: Callable[[], AbstractContextManager[None]]
) -> Iterator[Application]:
    """The template's application on an embedded back end, with its environment set for this process."""
    with embedded(ROOT, tmp_path_factory.mktemp("state")) as application:
        lift_limits()
        with measured():  # it imports all functions
            documented.stale = is_stale(application)
        with unhurried(application) as steady:
            yield steady


@pytest.fixture(scope="session")
def api(application: Application) -> Api:
    """The API, each route served by its real handler behind the real authorizer."""
    return Api(application)


@pytest.fixture(autouse=True)
def _no_time_limit() -> None:
    """Let no test inherit what another's handler had left of its time."""
    budget.start(None)


@pytest.fixture
def user(api: Api) -> Caller:
    """Somebody who has registered and logged in."""
    return api.sign_up()


@pytest.fixture
def stranger(api: Api) -> Caller:
    """Somebody else."""
    return api.sign_up()


@pytest.fixture(scope="session")
def dump(application: Application) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Return every item of the table, sorted, as DynamoDB has it."""
    with dumping() as read:
        yield read


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Stop the clock of the services, and return what moves it on: `clock(seconds=31)`; access tokens live on."""
    moment = times.now()

    def move(**amount: float) -> None:
        nonlocal moment
        moment += timedelta(**amount)

    monkeypatch.setattr(times, "now", lambda: moment)
    return move


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return what changes environment variables for this test: `setting(PASSWORD_COST="5")`; None unsets one."""

    def change(**variables: str | None) -> None:
        for name, value in variables.items():
            if value is None:
                monkeypatch.delenv(name)
            else:
                monkeypatch.setenv(name, value)
        forget()

    yield change
    monkeypatch.undo()
    forget()


@pytest.fixture
def rotate(application: Application, setting: Callable[..., None]) -> Iterator[Callable[[], None]]:
    """Return what rotates the keys as a deployment with KeyVersion raised by one does; the first come back at the end."""
    parameters = settings.signing_keys_parameter, settings.cursor_keys_parameter
    first = {name: key_sets.get(name) for name in parameters}
    versions = itertools.count(2)

    def deploy() -> None:
        jwks, key_id = keyring.provision(*parameters, next(versions))
        setting(JWKS=jwks, SIGNING_KEY_ID=key_id)

    yield deploy
    for name, keys in first.items():
        key_sets.put(name, keys)


@pytest.fixture
def network(application: Application, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """The wire between botocore and DynamoDB, to plan faults on; nothing sleeps meanwhile."""
    aws.client.cache_clear()  # a client of its own: botocore counts retries over a client's life
    network = Network(aws.client("dynamodb"))
    monkeypatch.setattr(time, "sleep", network.slept.append)
    yield network
    aws.client.cache_clear()
