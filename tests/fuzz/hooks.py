"""What Schemathesis needs to know about this API: who calls, with which credentials, and what is no failure."""

import itertools
import uuid
from collections import Counter, defaultdict
from importlib.resources import files
from typing import Any, Final

import httpx
import schemathesis
from hypothesis import strategies
from schemathesis import AuthContext, Case, HookContext, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse

PASSWORD: Final = "correct-horse-battery"  # that of the examples in openapi.json
REFRESH: Final = 600  # seconds after which to log in anew; an access token lives 900

# They end sessions or the account, so each call has an account of its own.
DISRUPTIVE: Final = ["change_password", "delete_me", "delete_sessions", "log_out"]

# What they are sent for is not there any more afterwards.
REMOVING: Final = {"delete_tag", "delete_task", "restore_task"}

# A valid request is refused for what the server knows and no document can say. Codes of problems, and types of `errors`:
KNOWN_TO_THE_SERVER: Final = {
    "idempotency_key_reused",  # what the key was sent with before
    "invalid_cursor",  # whether the cursor was signed here
    "invalid_mail_token",  # whether the token was mailed
    "password_common",  # the 3,000 most common passwords
    "precondition_failed",  # the version that If-Match must name
}

answers: Counter[tuple[str, int]] = Counter()
existing: dict[str, list[str]] = defaultdict(list, file=["errors"])  # ids by parameter, and those of "trashed" tasks
_every_second = itertools.cycle((True, False))

schemathesis.openapi.format(
    "iana-time-zone",
    strategies.sampled_from(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()),
)
schemathesis.openapi.format("entity-tags", strategies.sampled_from(["*", '"v1"', '"v2"', 'W/"v1", "v1"']))


class SharedAccount:
    """The one account of all operations that leave it as it is; the token is fetched by logging in."""

    email = ""

    def get(self, case: Case[Any], _context: AuthContext) -> str:
        return log_in(case, shared_email(case))

    def set(self, case: Case[Any], token: str, _context: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


class NewAccount(SharedAccount):
    """An account for one call."""

    def get(self, case: Case[Any], _context: AuthContext) -> str:
        return log_in(case, register(case))


def register(case: Case[Any]) -> str:
    """Make an account and return its address."""
    email = f"{uuid.uuid4()}@example.com"
    _post(case, "/api/auth/register", {"email": email, "password": PASSWORD})
    return email


def log_in(case: Case[Any], email: str) -> str:
    """Return an access token."""
    return str(_post(case, "/api/auth/login", {"email": email, "password": PASSWORD})["access_token"])


def shared_email(case: Case[Any]) -> str:
    """Return the address of the shared account."""
    SharedAccount.email = SharedAccount.email or register(case)
    return SharedAccount.email


def _post(case: Case[Any], path: str, body: dict[str, str]) -> Any:
    return httpx.post(f"{case.operation.base_url}{path}", json=body, trust_env=False).raise_for_status().json()


schemathesis.auth(refresh_interval=REFRESH).skip_for(operation_id=DISRUPTIVE)(SharedAccount)
schemathesis.auth(refresh_interval=None).apply_to(operation_id=DISRUPTIVE)(NewAccount)


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Say how to make entity tags: of patterns, Schemathesis makes headers of letters and digits alone."""
    raw_schema["components"]["parameters"]["IfMatch"]["schema"]["format"] = "entity-tags"


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Let every second valid request be about something that exists, and have the right credentials.

    Stateful tests know of themselves what exists: links tell them.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive or not next(_every_second):
        return
    if case.meta.phase.name != "stateful":
        for name in case.path_parameters:
            case.path_parameters[name] = an_existing(name, operation_id(case)) or case.path_parameters[name]
    if isinstance(case.body, dict):
        right = credentials(case)
        case.body = {name: right.get(name, value) for name, value in case.body.items()}


def an_existing(parameter: str, operation: str) -> str | None:
    """Return what the parameter can be so that the operation finds it; None if nothing is known to be there."""
    if parameter == "user_id":
        return "me"
    candidates = existing["trashed" if operation == "restore_task" else parameter]
    if not candidates:
        return None
    return candidates.pop() if operation in REMOVING else candidates[-1]


def credentials(case: Case[Any]) -> dict[str, str]:
    """Return what these members of the body must be."""
    match operation_id(case):
        case "delete_me":
            return {"password": PASSWORD}
        case "change_password":
            return {"current_password": PASSWORD}
        case "log_in":
            return {"email": shared_email(case), "username": shared_email(case), "password": PASSWORD}
    return {}


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Count the answer, and keep in mind what exists."""
    answers[case.operation.label, response.status_code] += 1
    match operation_id(case), response.status_code, case.path_parameters:
        case "create_task", 201, _:
            existing["task_id"].append(response.json()["id"])
        case "create_tag", 201, _:
            existing["tag_id"].append(response.json()["id"])
        case "delete_task", 204, {"task_id": task_id}:
            existing["trashed"].append(task_id)
        case "restore_task", 200, {"task_id": task_id}:
            existing["task_id"].append(task_id)


def operation_id(case: Case[Any]) -> str:
    """Return the name of the case's operation."""
    return str(case.operation.definition.raw["operationId"])


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Return whether it is a failure."""
    match failure:
        case UnsupportedMethodResponse():
            # An HTTP API answers a method that a path does not have like a path that it does not have: decision 0001.
            return (response.status_code, response.content) != (404, b'{"message":"Not Found"}')
        case RejectedPositiveData():
            return not reasons(response) <= KNOWN_TO_THE_SERVER
        case AcceptedNegativeData():
            # White space around names is taken off before they are counted; JSON Schema counts it.
            return not has_padding(case.body)
    return True


def reasons(response: Response) -> set[str]:
    """Return the types of the wrong fields, or else the problem's code."""
    problem = response.json()
    return {error["type"] for error in problem.get("errors", [])} or {problem.get("code", "")}


def has_padding(body: Any) -> bool:
    """Return whether a text in the body begins or ends with white space."""
    if isinstance(body, str):
        return body != body.strip()
    members = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    return any(map(has_padding, members))
