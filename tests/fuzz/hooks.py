"""What Schemathesis needs to know about this API: who calls, with which credentials, and what is no failure."""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final

import httpx
import schemathesis
from hypothesis import strategies
from schemathesis import AuthContext, Case, HookContext, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse

from tests.fuzz.budget import clock

PASSWORD: Final = "correct horse battery staple"  # that of the examples in openapi.json
REFRESH: Final = 600  # seconds after which to log in anew; an access token lives 900

# They end sessions or the account, so each call has an account of its own.
DISRUPTIVE: Final = ["change_password", "delete_me", "delete_sessions", "log_out"]

# A valid request is refused for what the server knows and no document can say. Codes of problems, and types of `errors`:
KNOWN_TO_THE_SERVER: Final = {
    "idempotency_key_reused",  # what the key was sent with before
    "invalid_cursor",  # whether the cursor was signed here
    "invalid_mail_token",  # whether the token was mailed
    "password_common",  # the 3,000 most common passwords
    "precondition_failed",  # the version that If-Match must name
}

answers: Counter[tuple[str, int]] = Counter()
_http = httpx.Client(trust_env=False, timeout=60, event_hooks={"request": [clock.count]})
_tokens: set[str] = set()  # those that are good, as headers
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
        _tokens.add(case.headers["Authorization"])


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
    answer = _http.post(f"{case.operation.base_url}{path}", json=body, headers=_token(case))
    return answer.raise_for_status().json()


def _token(case: Case[Any]) -> dict[str, str]:
    """Return the case's token as a header, unless it was made up or is to come."""
    header = case.headers.get("Authorization")
    return {"authorization": header} if header in _tokens else {}


schemathesis.auth(refresh_interval=REFRESH).skip_for(operation_id=DISRUPTIVE)(SharedAccount)
schemathesis.auth(refresh_interval=None).apply_to(operation_id=DISRUPTIVE)(NewAccount)


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Say two things in a way that Schemathesis knows.

    Of patterns it makes headers of letters and digits alone; and of OAuth 2.0's tokens it leaves none out and forges none.
    """
    components = raw_schema["components"]
    components["parameters"]["IfMatch"]["schema"]["format"] = "entity-tags"
    for scheme in components["securitySchemes"].values():
        scheme |= {"type": "http", "scheme": "bearer"}


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Let every second valid request be about something that exists, and have the right credentials.

    In stateful tests all requests are the caller's, and links tell what exists.
    """
    if (
        case.meta is None
        or not case.meta.generation.mode.is_positive
        or case.headers.get("Authorization") not in _tokens
    ):
        return
    stateful = case.meta.phase.name == "stateful"
    if stateful and "user_id" in case.path_parameters:
        case.path_parameters["user_id"] = "me"
    if not next(_every_second):
        return
    for name in () if stateful else case.path_parameters.keys() & ADDRESSED.keys():
        case.path_parameters[name] = ADDRESSED[name](case)
    if isinstance(case.body, dict):
        right = credentials(case)
        case.body = {name: right.get(name, value) for name, value in case.body.items()}


def a_task(case: Case[Any]) -> str:
    """Return the id of a task of the caller's, which is in the trash if it is to be restored."""
    task_id = str(_post(case, "/api/me/tasks", {"title": "A task"})["id"])
    if operation_id(case) == "restore_task":
        url = f"{case.operation.base_url}/api/me/tasks/{task_id}"
        _http.delete(url, headers=_token(case)).raise_for_status()
    return task_id


def a_tag(case: Case[Any]) -> str:
    """Return the id of the caller's newest tag."""
    tags = _http.get(f"{case.operation.base_url}/api/me/tags", headers=_token(case)).json()["items"]
    return str((tags or [_post(case, "/api/me/tags", {"name": str(uuid.uuid4())})])[-1]["id"])


# By path parameter, what makes it name something that exists.
ADDRESSED: Final[dict[str, Callable[[Case[Any]], str]]] = {
    "user_id": lambda _: "me",
    "file": lambda _: "errors",
    "task_id": a_task,
    "tag_id": a_tag,
}


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
    """Count the answer."""
    answers[case.operation.label, response.status_code] += 1


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
