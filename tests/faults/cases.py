"""Every endpoint's requests: how each is answered, and what its client sees who sends it again after it has taken effect."""

from dataclasses import dataclass, field, replace
from typing import Any

from tools.in_process.api import PASSWORD, UNKNOWN_ID

NEW_PASSWORD = "another good passphrase"
FORM = {"content-type": "application/x-www-form-urlencoded"}
V1 = {"if-match": '"v1"'}
ME, TASKS, TAGS = "/api/auth/me", "/api/{user_id}/tasks", "/api/{user_id}/tags"
TASK, TAG = f"{TASKS}/{{task_id}}", f"{TAGS}/{{tag_id}}"
LINK = f"{TASK}/tags/{{tag_id}}"
TRASH = f"{TASKS}/trash"
RESTORE = f"{TRASH}/{{task_id}}/restore"
SESSIONS = "/api/auth/sessions"
# By themselves, so that they look at no key (docs/decisions/0020).
IDEMPOTENT = {"/api/auth/email/verify", "/api/auth/logout", "/api/auth/refresh"}


@dataclass(frozen=True)
class Case:
    """A request. Placeholders in path, query, body and headers stand for what the world has.

    Parameters
    ----------
    again
        The answer to the same request after it has taken effect; the same unless it is given.
    twice
        Whether that has another effect: what a client without an Idempotency-Key must know.
    rival, overtaken
        Another request, and the answer if that one runs whole between two of this one's calls; the good one unless it is given.
    late
        The answer to a fault that comes when the effect is there already; the good one unless it is given.
    in_steps
        Whether it has several effects, of which a fault may leave some undone. Each is whole, and with a key a retry does the rest.
    cold
        Whether the function's process is new, and has yet to read its keys from SSM.
    keyed
        Whether it has an Idempotency-Key.
    """

    method: str
    route: str
    variant: str
    good: int
    again: int | None = None
    twice: bool = False
    rival: "Case | None" = None
    overtaken: int | None = None
    late: int | None = None
    ids: dict[str, str] = field(default_factory=dict)
    query: str = ""
    body: Any = None
    raw: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    in_steps: bool = False
    cold: bool = False
    keyed: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.variant}".rstrip()


def _accounts() -> list[Case]:
    login = {"email": "{email}", "password": PASSWORD}
    wrong = {"email": "{email}", "password": "a wrong password"}
    new = {"email": "new.{email}", "password": PASSWORD}
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    own, kept = {"refresh_token": "{refresh_token}"}, ("__Secure-lambdo-refresh={refresh_token}",)
    reset = {"token": "{reset_password}", "password": NEW_PASSWORD}
    rename = Case("PATCH", ME, "", 200, body={"name": "Rival"})
    end_others = Case("DELETE", SESSIONS, "", 204)
    refresh, register = (
        Case("POST", "/api/auth/refresh", "", 200, body=own),
        Case("POST", "/api/auth/register", "", 201, body=new),
    )
    return [
        Case("GET", "/.well-known/jwks.json", "", 200),
        Case("POST", "/api/auth/email/resend", "", 202),
        Case("POST", "/api/auth/email/verify", "good token", 204, body={"token": "{verify_email}"}),
        Case("POST", "/api/auth/email/verify", "another's token", 400, body={"token": "{reset_password}"}),
        Case("POST", "/api/auth/login", "right password", 200, twice=True, body=login),
        Case("POST", "/api/auth/login", "right password, cold start", 200, twice=True, body=login, cold=True),
        Case(
            "POST", "/api/auth/login", "form", 200, twice=True, headers=FORM, raw="username={email}&password={quoted}"
        ),
        Case("POST", "/api/auth/login", "cookie", 200, twice=True, body={**login, "cookie": True}),
        Case("POST", "/api/auth/login", "wrong password", 401, body=wrong),
        Case("POST", "/api/auth/login", "unknown address", 401, body={**wrong, "email": "no.{email}"}),
        Case("POST", "/api/auth/logout", "refresh token", 204, body=own),
        Case("POST", "/api/auth/logout", "cookie", 204, body={}, cookies=kept),
        Case("POST", "/api/auth/logout", "access token", 204),
        Case("GET", ME, "", 200),
        Case(
            "PATCH",
            ME,
            "name",
            200,
            body={"name": "Grace"},
            rival=Case("PATCH", ME, "", 200, body={"time_zone": "Asia/Tokyo"}),
        ),
        Case(
            "PATCH",
            ME,
            "time zone, If-Match",
            200,
            412,
            body={"time_zone": "Europe/Prague"},
            headers=V1,
            rival=rename,
            overtaken=412,
        ),
        Case("PATCH", ME, "nothing new", 200, body={"time_zone": "UTC"}),
        Case("DELETE", ME, "right password", 202, 404, body={"password": PASSWORD}, rival=rename),
        Case("DELETE", ME, "wrong password", 403, body={"password": "a wrong password"}),
        Case("POST", "/api/auth/password", "right password", 204, 403, body=change, rival=end_others),
        Case("POST", "/api/auth/password", "wrong password", 403, body={**change, "current_password": NEW_PASSWORD}),
        Case("POST", "/api/auth/password/forgot", "known address", 202, body={"email": "{email}"}),
        Case("POST", "/api/auth/password/forgot", "unknown address", 202, body={"email": "no.{email}"}),
        Case("POST", "/api/auth/password/reset", "good token", 204, 400, body=reset, rival=end_others, overtaken=400),
        Case("POST", "/api/auth/password/reset", "another's token", 400, body={**reset, "token": "{verify_email}"}),
        Case("POST", "/api/auth/refresh", "live token", 200, body=own, rival=refresh),
        Case("POST", "/api/auth/refresh", "live token, cold start", 200, body=own, cold=True),
        Case("POST", "/api/auth/refresh", "cookie", 200, body={}, cookies=kept),
        Case("POST", "/api/auth/refresh", "spent token", 401, body={"refresh_token": "{spent_token}"}),
        Case("POST", "/api/auth/register", "new address", 201, 409, body=new, rival=register, overtaken=409),
        Case("POST", "/api/auth/register", "taken address", 409, body=login),
        Case("GET", SESSIONS, "", 200),
        Case("DELETE", SESSIONS, "all others", 204, twice=True, rival=end_others),
        Case("DELETE", SESSIONS, "all", 204, twice=True, query="include=current"),
        Case("DELETE", f"{SESSIONS}/{{session_id}}", "", 204, 404, ids={"session_id": "other"}),
        Case("GET", "/api/health", "", 200),
    ]


def _tags() -> list[Case]:
    x, y = {"tag_id": "x"}, {"tag_id": "y"}
    create = Case("POST", TAGS, "", 201, body={"name": "NEW"})
    recolor = Case("PATCH", TAG, "", 200, ids=x, body={"color": "#0000ff"})
    delete = Case("DELETE", TAG, "", 204, ids=x)
    return [
        Case("GET", TAGS, "", 200),
        Case("POST", TAGS, "new name", 201, 409, body={"name": "new"}, rival=create, overtaken=409),
        Case("POST", TAGS, "taken name", 409, body={"name": "X"}),
        Case("GET", TAG, "", 200, ids=x),
        Case("GET", TAG, "unknown", 404, ids={"tag_id": "unknown"}),
        Case("PUT", TAG, "name", 200, ids=x, body={"name": "new"}, rival=create, overtaken=409),
        Case(
            "PUT",
            TAG,
            "name and colour, If-Match",
            200,
            412,
            ids=x,
            body={"name": "new", "color": None},
            headers=V1,
            rival=recolor,
            overtaken=412,
        ),
        Case("PUT", TAG, "taken name", 409, ids=x, body={"name": "y"}),
        Case("PATCH", TAG, "colour", 200, ids=x, body={"color": "#00ff00"}, rival=delete, overtaken=404),
        Case(
            "PATCH",
            TAG,
            "colour, If-Match",
            200,
            412,
            ids=x,
            body={"color": "#00ff00"},
            headers=V1,
            rival=recolor,
            overtaken=412,
        ),
        Case("PATCH", TAG, "nothing new", 200, ids=x, body={"name": "x"}),
        Case("DELETE", TAG, "on a task", 204, ids=x, rival=recolor),
        Case("DELETE", TAG, "on no task, If-Match", 204, ids=y, headers=V1),
    ]


def _tasks() -> list[Case]:
    plain, tagged, done = {"task_id": "plain"}, {"task_id": "tagged"}, {"task_id": "done"}
    both = {**plain, "tag_id": "y"}
    gone = {"task_id": "unknown"}
    edit = Case("PUT", TASK, "", 200, ids=plain, body={"description": "rival"})
    edit_tagged, delete = replace(edit, ids=tagged), Case("DELETE", TASK, "", 204, ids=plain)
    toggle = Case("PATCH", f"{TASK}/complete", "", 200, ids=tagged)
    delete_y = Case("DELETE", TAG, "", 204, ids={"tag_id": "y"})
    full = {"title": "new", "priority": "high", "due_date": "2026-12-24", "tag_ids": ["{x}", "{y}"]}
    return [
        Case("GET", TASKS, "all", 200),
        Case("GET", TASKS, "first page", 200, query="limit=1"),
        Case("GET", TASKS, "first page, cold start", 200, query="limit=1", cold=True),
        Case("GET", TASKS, "next page", 200, query="limit=1&cursor={cursor}"),
        Case("GET", TASKS, "by status", 200, query="status=open"),
        Case("GET", TASKS, "by priority", 200, query="priority=medium"),
        Case("GET", TASKS, "by text", 200, query="q=task"),
        Case("GET", TASKS, "by due date", 200, query="due_before=2026-12-31"),
        Case("GET", TASKS, "by tag", 200, query="tag={x}"),
        Case("GET", TASKS, "by two tags and status", 200, query="tag={x}&tag={w}&status=open"),
        Case("GET", TASKS, "in due order", 200, query="sort=due_date"),
        Case("POST", TASKS, "without tags", 201, twice=True, body={"title": "new"}),
        Case("POST", TASKS, "with two tags", 201, twice=True, body=full, rival=delete_y, overtaken=404),
        Case("POST", TASKS, "with an unknown tag", 404, body={"title": "new", "tag_ids": [UNKNOWN_ID]}),
        Case("GET", TASK, "without tags", 200, ids=plain),
        Case("GET", TASK, "with two tags", 200, ids=tagged),
        Case("GET", TASK, "unchanged", 304, ids=plain, headers={"if-none-match": '"v1"'}),
        Case("GET", TASK, "unknown", 404, ids=gone),
        Case("PUT", TASK, "title", 200, twice=True, ids=plain, body={"title": "new"}, rival=delete, overtaken=404),
        Case(
            "PUT",
            TASK,
            "title, If-Match",
            200,
            412,
            ids=plain,
            body={"title": "new"},
            headers=V1,
            rival=edit,
            overtaken=412,
        ),
        Case("PUT", TASK, "title, of a task with tags", 200, twice=True, late=503, ids=tagged, body={"title": "new"}),
        Case("PUT", TASK, "unknown", 404, ids=gone, body={"title": "new"}),
        Case("PATCH", TASK, "priority", 200, ids=plain, body={"priority": "high"}, rival=edit),
        Case("PATCH", TASK, "due date, If-Match", 200, 412, ids=done, body={"due_date": None}, headers=V1),
        Case("PATCH", TASK, "tags", 200, ids=tagged, body={"tag_ids": ["{x}", "{y}"]}, rival=delete_y, overtaken=404),
        Case("PATCH", TASK, "nothing new", 200, ids=plain, body={"priority": "medium"}),
        Case("DELETE", TASK, "without tags", 204, 404, ids=plain, rival=edit),
        Case(
            "DELETE",
            TASK,
            "with two tags, If-Match",
            204,
            404,
            ids=tagged,
            headers=V1,
            rival=edit_tagged,
            overtaken=412,
        ),
        Case("PATCH", f"{TASK}/complete", "toggle", 200, twice=True, ids=tagged, rival=toggle),
        Case("PATCH", f"{TASK}/complete", "set", 200, ids=plain, body={"completed": True}, rival=delete, overtaken=404),
        Case("PATCH", f"{TASK}/complete", "set, If-Match", 200, 412, ids=plain, body={"completed": True}, headers=V1),
        Case("PATCH", f"{TASK}/complete", "nothing new", 200, ids=done, body={"completed": True}),
        Case("PUT", LINK, "new", 200, ids=both, rival=delete_y, overtaken=404),
        Case("PUT", LINK, "new, If-Match", 200, 412, ids=both, headers=V1, rival=edit, overtaken=412),
        Case("PUT", LINK, "nothing new", 200, ids={**tagged, "tag_id": "x"}),
        Case("PUT", LINK, "unknown tag", 404, ids={**plain, "tag_id": "unknown"}),
        Case("DELETE", LINK, "there", 204, ids={**tagged, "tag_id": "x"}, rival=toggle),
        Case("DELETE", LINK, "nothing new", 204, ids=both),
    ]


def _many_tasks() -> list[Case]:
    operations: list[dict[str, Any]] = [
        {"op": "create", "task": {"title": "new"}},
        {"op": "update", "task_id": "{plain}", "changes": {"priority": "low"}},
        {"op": "complete", "task_id": "{plain}"},
        {"op": "delete", "task_id": "{done}", "if_match": '"v1"'},
    ]
    body, rehearsal = {"operations": operations}, {"operations": operations, "dry_run": True}
    return [
        Case("POST", f"{TASKS}/bulk", "one of each", 200, twice=True, in_steps=True, body=body),
        Case("POST", f"{TASKS}/bulk", "one of each, dry run", 200, in_steps=True, body=rehearsal),
    ]


def _trash() -> list[Case]:
    deleted = {"task_id": "deleted"}
    return [
        Case("GET", TRASH, "", 200),
        Case("GET", TRASH, "first page, cold start", 200, query="limit=1", cold=True),
        Case("DELETE", TRASH, "", 200),
        Case(
            "POST", RESTORE, "deleted", 200, 404, ids=deleted, rival=Case("DELETE", TAG, "", 204, ids={"tag_id": "x"})
        ),
        Case(
            "POST",
            RESTORE,
            "deleted, If-Match",
            200,
            404,
            ids=deleted,
            headers=V1,
            rival=Case("DELETE", TRASH, "", 200),
            overtaken=404,
        ),
        Case("POST", RESTORE, "not deleted", 404, ids={"task_id": "plain"}),
    ]


def _with_key(case: Case) -> list[Case]:
    """Return the case and, where it takes a key, the same with one, which has one effect and one answer."""
    if case.method == "GET" or case.cold or case.route in IDEMPOTENT:
        return [case]
    variant = f"{case.variant}, key".removeprefix(", ")
    return [case, replace(case, variant=variant, again=None, twice=False, late=None, keyed=True)]


CASES = [one for case in [*_accounts(), *_tags(), *_tasks(), *_many_tasks(), *_trash()] for one in _with_key(case)]
