"""What each function answers: the part of openapi.json that neither its route nor its models say."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from lambdo.accounts import requests as auth_requests
from lambdo.base.problems import (
    EmailAlreadyExists,
    InvalidCredentials,
    InvalidCursor,
    InvalidFields,
    InvalidMailToken,
    InvalidRefreshToken,
    MailNotConfigured,
    PageNotFound,
    Problem,
    RefreshTokenReused,
    TagAlreadyExists,
    TagNotFound,
    TooManyRequests,
    Unauthenticated,
    UserNotFound,
    WrongPassword,
)
from lambdo.base.rules import Rule
from lambdo.tags import requests as tag_requests
from lambdo.tags.models import Tag
from lambdo.tasks import bulk as bulk_requests
from lambdo.tasks import query as task_query
from lambdo.tasks import requests as task_requests
from lambdo.tasks.models import Emptied, TaskAnswer
from lambdo.users.models import User
from lambdo.web import page_query
from lambdo.web.endpoint import FORM, JSON, MERGE_PATCH
from lambdo.web.static_files import MEDIA_TYPES
from tools.openapi import shapes


class Answer(NamedTuple):
    """A good answer: its body's shape, if it has a body, and its own headers, by their names among the components."""

    description: str
    shape: type | None = None
    headers: tuple[str, ...] = ()
    media_types: tuple[str, ...] = (JSON,)


class Operation(NamedTuple):
    """An operation.

    Parameters
    ----------
    group
        Under which the documentation page lists it.
    answers
        Good answers by status.
    body, media_types, body_required
        What is sent.
    query
        Rules of the query parameters.
    headers
        Request headers, by their names among the components.
    problems
        What it can refuse beside what follows from the above and from its route.
    calls_aws
        Whether a service below can fail.
    token_optional
        Whether a route without authorizer looks at the access token.
    """

    group: str
    description: str
    answers: Mapping[int, Answer]
    body: type | None = None
    media_types: tuple[str, ...] = (JSON,)
    body_required: bool = True
    query: Mapping[str, Rule] | None = None
    headers: tuple[str, ...] = ()
    problems: tuple[type[Problem], ...] = ()
    calls_aws: bool = True
    token_optional: bool = False


ACCOUNT: Final = "Account"
SESSIONS: Final = "Sessions"
TASKS: Final = "Tasks"
TRASH: Final = "Trash"
TAGS: Final = "Tags"
SERVICE: Final = "Service"
PAGES: Final = "Pages"
GROUPS: Final = {
    ACCOUNT: "Who one is: registration, password, e-mail address, settings.",
    SESSIONS: "Logging in and out, and the devices where one is logged in.",
    TASKS: "What there is to do.",
    TRASH: "Deleted tasks, kept for 30 days.",
    TAGS: "Words to put on tasks.",
    SERVICE: "About the API itself.",
    PAGES: "For people with a browser.",
}

_KEY: Final = "IdempotencyKey"
_WRITE: Final = (_KEY, "IfMatch")
_READ: Final = ("IfNoneMatch",)
_PATCH: Final = (JSON, MERGE_PATCH)
_UNCHANGED: Final = Answer("Unchanged: `If-None-Match` names the current entity tag.", None, ("ETag",))
_INCLUDE: Final[dict[str, Rule]] = {"include": (lambda texts: texts[0], "Should be current", {"const": "current"})}
_PAGE_HEADERS: Final = (
    "ETag",
    "Cache-Control",
    "Content-Encoding",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "Vary",
)
_FILE_TYPES: Final = tuple(sorted({media_type.partition(";")[0] for media_type in MEDIA_TYPES.values()} - {JSON}))


def _page(
    description: str,
    what: str,
    *media_types: str,
    shape: type = str,
    problems: tuple[type[Problem], ...] = (PageNotFound,),
) -> Operation:
    answers = {
        200: Answer(f"{what}.", shape, _PAGE_HEADERS, media_types),
        304: _UNCHANGED._replace(headers=_PAGE_HEADERS),
    }
    return Operation(PAGES, description, answers, headers=_READ, problems=problems, calls_aws=False)


def _shown(shape: type, description: str) -> Answer:
    return Answer(description, shape, ("ETag",))


def _created(shape: type, description: str) -> Answer:
    return Answer(description, shape, ("ETag", "Location"))


OPERATIONS: Final[Mapping[str, Operation]] = {
    "register": Operation(
        ACCOUNT,
        "Makes an account, which is ready to log in at once. Where the deployment sends mails, one with a link to confirm"
        " the address goes out.",
        {201: _created(User, "The new user.")},
        body=auth_requests.Register,
        headers=(_KEY,),
        problems=(EmailAlreadyExists, TooManyRequests),
    ),
    "log_in": Operation(
        SESSIONS,
        "Begins a session, which lives for 30 days. The body is JSON, or the form of OAuth 2.0's password grant"
        " (`username`, `password`). With `cookie` the refresh token comes as a cookie that scripts cannot read, for pages on"
        " the API's own origin.\n\nAfter 5 wrong passwords for an account from one address, or 50 for any, the answer is 429"
        " for up to 15 minutes.",
        {200: Answer("A pair of tokens, and the user.", shapes.LoggedIn, ("Set-Cookie",))},
        body=auth_requests.LogIn,
        media_types=(JSON, FORM),
        headers=(_KEY,),
        problems=(InvalidCredentials, TooManyRequests),
    ),
    "refresh_session": Operation(
        SESSIONS,
        "Exchanges a refresh token for a new pair; the token sent is spent. For 30 seconds it gets the same successor"
        " again, so a lost answer loses nothing; any later use ends the session. `{}` as body takes the token from the cookie.",
        {200: Answer("A new pair of tokens.", shapes.Tokens, ("Set-Cookie",))},
        body=auth_requests.Refresh,
        problems=(InvalidRefreshToken, RefreshTokenReused),
    ),
    "log_out": Operation(
        SESSIONS,
        "Ends a session: that of the refresh token in the body; of the cookie, if the body is `{}`; of the access token, if"
        " there is no body. An unknown refresh token is answered alike (RFC 7009).",
        {204: Answer("The session has ended.", None, ("Set-Cookie",))},
        body=auth_requests.LogOut,
        body_required=False,
        problems=(Unauthenticated,),
        token_optional=True,
    ),
    "request_email_verification": Operation(
        ACCOUNT,
        "Sends the mail anew with which to confirm the e-mail address, unless it is confirmed.",
        {202: Answer("The mail is on its way.")},
        headers=(_KEY,),
        problems=(TooManyRequests, MailNotConfigured),
    ),
    "verify_email": Operation(
        ACCOUNT,
        "Confirms the e-mail address with the token of a mail, which is good for 24 hours.",
        {204: Answer("The address is confirmed.")},
        body=auth_requests.VerifyEmail,
        problems=(InvalidMailToken, MailNotConfigured),
    ),
    "request_password_reset": Operation(
        ACCOUNT,
        "Sends a mail with which to choose a new password, if there is an account with this address. The answer is the same"
        " if there is none.",
        {202: Answer("Accepted.")},
        body=auth_requests.RequestPasswordReset,
        headers=(_KEY,),
        problems=(TooManyRequests, MailNotConfigured),
    ),
    "reset_password": Operation(
        ACCOUNT,
        "Sets a new password with the token of a mail, which is good once and for 30 minutes. All sessions end.",
        {204: Answer("The password is set.")},
        body=auth_requests.ResetPassword,
        headers=(_KEY,),
        problems=(InvalidMailToken, MailNotConfigured),
    ),
    "get_me": Operation(
        ACCOUNT,
        "",
        {200: _shown(User, "The user."), 304: _UNCHANGED},
        headers=_READ,
        problems=(UserNotFound,),
    ),
    "update_me": Operation(
        ACCOUNT,
        "What is not sent stays; null clears the name.",
        {200: _shown(User, "The user.")},
        body=auth_requests.UpdateMe,
        media_types=_PATCH,
        headers=_WRITE,
        problems=(UserNotFound,),
    ),
    "delete_me": Operation(
        ACCOUNT,
        "Ends all sessions, frees the e-mail address, and deletes all that the account owns, some of it in the minutes that"
        " follow. It cannot be undone, so it asks for the password.",
        {202: Answer("The account is gone.")},
        body=auth_requests.DeleteMe,
        headers=_WRITE,
        problems=(UserNotFound, WrongPassword, TooManyRequests),
    ),
    "change_password": Operation(
        ACCOUNT,
        "All other sessions end.",
        {204: Answer("The password is changed.")},
        body=auth_requests.ChangePassword,
        headers=(_KEY,),
        problems=(UserNotFound, WrongPassword, TooManyRequests),
    ),
    "list_sessions": Operation(
        SESSIONS,
        "The 100 that were begun last.",
        {200: Answer("The sessions, newest first.", shapes.SessionList)},
        query={},
        problems=(UserNotFound,),
    ),
    "delete_sessions": Operation(
        SESSIONS,
        "Access tokens that are out keep working until they expire, at most 15 minutes; nothing renews them.",
        {204: Answer("They have ended.", None, ("Set-Cookie",))},
        query=_INCLUDE,
        headers=(_KEY,),
        problems=(UserNotFound,),
    ),
    "delete_session": Operation(
        SESSIONS,
        "Its access token keeps working until it expires, at most 15 minutes; nothing renews it.",
        {204: Answer("It has ended.", None, ("Set-Cookie",))},
        headers=(_KEY,),
    ),
    "list_tags": Operation(
        TAGS,
        "",
        {200: Answer("The tags, oldest first.", shapes.TagList)},
        query={},
    ),
    "create_tag": Operation(
        TAGS,
        "A user has at most 500. Names are unique without regard to case and Unicode form.",
        {201: _created(Tag, "The new tag.")},
        body=tag_requests.CreateTag,
        headers=(_KEY,),
        problems=(TagAlreadyExists, UserNotFound),
    ),
    "get_tag": Operation(TAGS, "", {200: _shown(Tag, "The tag."), 304: _UNCHANGED}, headers=_READ),
    "update_tag": Operation(
        TAGS,
        "What is not sent stays; null clears the colour. `PUT` and `PATCH` mean the same. Tasks show the change at once.",
        {200: _shown(Tag, "The tag.")},
        body=tag_requests.UpdateTag,
        media_types=_PATCH,
        headers=_WRITE,
        problems=(TagAlreadyExists,),
    ),
    "delete_tag": Operation(
        TAGS,
        "The tasks that have it stay.",
        {204: Answer("The tag is gone.")},
        headers=_WRITE,
    ),
    "create_task": Operation(
        TASKS,
        "",
        {201: _created(TaskAnswer, "The new task.")},
        body=task_requests.CreateTask,
        headers=(_KEY,),
        problems=(TagNotFound,),
    ),
    "list_tasks": Operation(
        TASKS,
        "Newest first unless sorted otherwise; filters combine in any way. A page that drops much of what it reads may come"
        " back short, even empty, with a cursor: follow `next_cursor`, or the `Link` header, until it is null. Lists have no"
        " totals.\n\nDates are those of the user's time zone.",
        {200: Answer("A page of tasks.", shapes.TaskPage, ("Link",))},
        query={**task_query.RULES, **page_query.PAGE_RULES},
        problems=(InvalidCursor, UserNotFound),
    ),
    "change_tasks": Operation(
        TASKS,
        "Carries out up to 100 operations in their order, each for itself as its own endpoint would: what one is refused"
        " does not touch the others. With an `Idempotency-Key` a repetition goes on where the first time broke off.",
        {200: Answer("A result for each operation.", shapes.BulkResults)},
        body=bulk_requests.ChangeTasks,
        headers=(_KEY,),
    ),
    "list_trash": Operation(
        TRASH,
        "",
        {200: Answer("A page of deleted tasks, the last deleted first.", shapes.TrashPage, ("Link",))},
        query=page_query.PAGE_RULES,
        problems=(InvalidCursor,),
    ),
    "empty_trash": Operation(
        TRASH,
        "Deletes as many as a few seconds allow. Send it again as long as `more` is true.",
        {200: Answer("How many have gone for good.", Emptied)},
        query={},
        headers=(_KEY,),
    ),
    "restore_task": Operation(
        TRASH,
        "The task stands in every list where it stood, with those of its tags that still exist.",
        {200: _shown(TaskAnswer, "The task.")},
        headers=_WRITE,
    ),
    "get_task": Operation(TASKS, "", {200: _shown(TaskAnswer, "The task."), 304: _UNCHANGED}, headers=_READ),
    "update_task": Operation(
        TASKS,
        "What is not sent stays; null clears. `PUT` and `PATCH` mean the same. Send the `ETag` of what was edited as"
        " `If-Match`, and no change of another device is lost.",
        {200: _shown(TaskAnswer, "The task.")},
        body=task_requests.UpdateTask,
        media_types=_PATCH,
        headers=_WRITE,
        problems=(TagNotFound,),
    ),
    "delete_task": Operation(
        TRASH,
        "It can be restored for 30 days.",
        {204: Answer("The task is in the trash.")},
        headers=_WRITE,
    ),
    "complete_task": Operation(
        TASKS,
        "A body sets the state; without one the task changes to the other one than now.",
        {200: _shown(TaskAnswer, "The task.")},
        body=task_requests.CompleteTask,
        media_types=_PATCH,
        body_required=False,
        headers=_WRITE,
    ),
    "link_tag": Operation(
        TASKS,
        "A task has at most 20.",
        {200: _shown(TaskAnswer, "The task, with the tag.")},
        headers=_WRITE,
        problems=(InvalidFields,),
    ),
    "unlink_tag": Operation(
        TASKS,
        "Also if it does not have it.",
        {204: Answer("The task does not have the tag.")},
        headers=_WRITE,
    ),
    "get_health": Operation(SERVICE, "", {200: Answer("Both answer.", shapes.Health)}),
    "get_jwks": Operation(
        SERVICE,
        "For whoever wants to verify access tokens without asking the API.",
        {200: Answer("The key set.", shapes.KeySet, ("Cache-Control",))},
        calls_aws=False,
    ),
    "get_front_page": _page("", "The page", "text/html", problems=()),
    "get_openapi": _page(
        "This document. Not on deployments whose documentation is off.", "The document", JSON, shape=dict
    ),
    "get_docs": _page(
        "Swagger UI: every operation, to be tried from the page. Not on deployments whose documentation is off.",
        "The page",
        "text/html",
    ),
    "get_docs_file": _page("What the page needs, and `errors`, which explains each code.", "The file", *_FILE_TYPES),
    "get_app": _page("The web app. Not on deployments where it is off.", "The page", "text/html"),
    "get_app_file": _page(
        "What the app needs. An address without a dot is one of its pages.", "The file", *_FILE_TYPES
    ),
}


class Linked(NamedTuple):
    """Operations that go on from an answer, and what they take of it, as OpenAPI's runtime expressions."""

    targets: tuple[str, ...]
    parameters: Mapping[str, str] | None = None
    body: Mapping[str, str] | None = None


_OF_ME: Final = {"user_id": "$request.path.user_id"}
_NEW_TASK: Final = Linked(
    ("get_task", "update_task", "put_task", "complete_task", "delete_task"),
    _OF_ME | {"task_id": "$response.body#/id"},
)
_NEXT_PAGE: Final = _OF_ME | {"cursor": "$response.body#/next_cursor"}
_REFRESH_TOKEN: Final = {"refresh_token": "$response.body#/refresh_token"}
LINKS: Final[Mapping[str, tuple[Linked, ...]]] = {
    "register": (Linked(("log_in",), None, {"email": "$request.body#/email", "password": "$request.body#/password"}),),
    "log_in": (Linked(("refresh_session", "log_out"), None, _REFRESH_TOKEN),),
    "refresh_session": (Linked(("refresh_session", "log_out"), None, _REFRESH_TOKEN),),
    "list_sessions": (Linked(("delete_session",), {"session_id": "$response.body#/items/0/id"}),),
    "create_tag": (
        Linked(("get_tag", "update_tag", "put_tag", "delete_tag"), _OF_ME | {"tag_id": "$response.body#/id"}),
        Linked(("list_tasks",), _OF_ME | {"tag": "$response.body#/id"}),
    ),
    "create_task": (_NEW_TASK,),
    "restore_task": (_NEW_TASK,),
    "list_tasks": (Linked(("list_tasks",), _NEXT_PAGE),),
    "list_trash": (Linked(("list_trash",), _NEXT_PAGE),),
    "delete_task": (Linked(("restore_task",), _OF_ME | {"task_id": "$request.path.task_id"}),),
}

DESCRIPTION: Final = """\
Accounts, tasks and tags over HTTPS. JSON in and out, UTF-8.

**Try it:** register, then press *Authorize* and log in with the e-mail address as username. Every operation can then be
called from this page.

- `{user_id}` is one's own id, or `me`.
- Updates are partial: what is not sent stays, null clears. Unknown fields and parameters are refused.
- Single things come with an `ETag`; sent back as `If-Match`, it keeps a change from undoing another's.
- Writes with an `Idempotency-Key` can be repeated until they are answered, and have one effect.
- Answers over 1 KB come in gzip to who accepts it. Their `ETag` is another then, and as good for `If-Match`.
- Errors are problem details (RFC 9457) with a stable `code`; their `type` leads to an explanation.
"""
