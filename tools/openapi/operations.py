"""What each operation takes and returns: the part of openapi.json that neither its route nor its models say."""

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
    """A successful response: its body's shape, if it has a body, and its own headers, by their names among the components."""

    description: str
    shape: type | None = None
    headers: tuple[str, ...] = ()
    media_types: tuple[str, ...] = (JSON,)


class Operation(NamedTuple):
    """An operation.

    Parameters
    ----------
    group
        The heading under which the documentation page lists it.
    answers
        Successful responses by status.
    body, media_types, body_required
        The request body.
    query
        Rules of the query parameters.
    headers
        Request headers, by their names among the components.
    problems
        Its problems, except those that follow from the above and from its route.
    calls_aws
        Whether it calls AWS services, which can fail.
    token_optional
        Whether a route without authorizer reads the access token.
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
    ACCOUNT: "Registration, password, email address and settings.",
    SESSIONS: "Logging in and out, and the devices that are logged in.",
    TASKS: "Create, find, change and complete tasks.",
    TRASH: "Deleted tasks, kept for 30 days.",
    TAGS: "Labels for tasks.",
    SERVICE: "The health of the API, and its public keys.",
    PAGES: "Pages for web browsers.",
}

_KEY: Final = "IdempotencyKey"
_WRITE: Final = (_KEY, "IfMatch")
_READ: Final = ("IfNoneMatch",)
_PATCH: Final = (JSON, MERGE_PATCH)
_UNCHANGED: Final = Answer("Not modified: `If-None-Match` matches the current entity tag.", None, ("ETag",))
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
        "Creates an account, which can log in at once. If the deployment sends emails, it sends one with a link to confirm"
        " the address.",
        {201: _created(User, "The new user.")},
        body=auth_requests.Register,
        headers=(_KEY,),
        problems=(EmailAlreadyExists, TooManyRequests),
    ),
    "log_in": Operation(
        SESSIONS,
        "Starts a session, which lasts 30 days. The body is JSON, or the form of OAuth 2.0's password grant"
        " (`username`, `password`). With `cookie`, the refresh token is set as a cookie that scripts cannot read, for pages"
        " on the API's own origin.\n\nAfter 5 wrong passwords for one account from one IP address, or 50 for any accounts"
        " from it, the response is 429 for up to 15 minutes.",
        {200: Answer("A pair of tokens and the user.", shapes.LoggedIn, ("Set-Cookie",))},
        body=auth_requests.LogIn,
        media_types=(JSON, FORM),
        headers=(_KEY,),
        problems=(InvalidCredentials, TooManyRequests),
    ),
    "refresh_session": Operation(
        SESSIONS,
        "Exchanges a refresh token for a new pair of tokens. A refresh token works once. If it is sent again within 30"
        " seconds, it gets the same successor, so a lost response does no harm; any later use ends the session. With the body"
        " `{}`, the token is read from the cookie.",
        {200: Answer("A new pair of tokens.", shapes.Tokens, ("Set-Cookie",))},
        body=auth_requests.Refresh,
        problems=(InvalidRefreshToken, RefreshTokenReused),
    ),
    "log_out": Operation(
        SESSIONS,
        "Ends the session of the refresh token in the body; of the cookie, if the body is `{}`; or of the access token, if"
        " there is no body. An unknown refresh token gets the same response (RFC 7009).",
        {204: Answer("The session has ended.", None, ("Set-Cookie",))},
        body=auth_requests.LogOut,
        body_required=False,
        problems=(Unauthenticated,),
        token_optional=True,
    ),
    "request_email_verification": Operation(
        ACCOUNT,
        "Sends the email that confirms the address again, unless the address is confirmed.",
        {202: Answer("Accepted.")},
        headers=(_KEY,),
        problems=(TooManyRequests, MailNotConfigured),
    ),
    "verify_email": Operation(
        ACCOUNT,
        "Confirms the email address with the token from an email. The token is valid for 24 hours.",
        {204: Answer("The address is confirmed.")},
        body=auth_requests.VerifyEmail,
        problems=(InvalidMailToken, MailNotConfigured),
    ),
    "request_password_reset": Operation(
        ACCOUNT,
        "Sends an email with a link to choose a new password, if an account has this address. The response does not reveal"
        " whether one has.",
        {202: Answer("Accepted.")},
        body=auth_requests.RequestPasswordReset,
        headers=(_KEY,),
        problems=(TooManyRequests, MailNotConfigured),
    ),
    "reset_password": Operation(
        ACCOUNT,
        "Sets a new password with the token from an email. The token works once, within 30 minutes. All sessions end.",
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
        "Fields that are not sent keep their values; null clears the name.",
        {200: _shown(User, "The user.")},
        body=auth_requests.UpdateMe,
        media_types=_PATCH,
        headers=_WRITE,
        problems=(UserNotFound,),
    ),
    "delete_me": Operation(
        ACCOUNT,
        "Ends all sessions, frees the email address, and deletes everything that the account owns, some of it within the next"
        " minutes. This cannot be undone, so it requires the password.",
        {202: Answer("The account is deleted.")},
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
        "Returns the 100 newest sessions.",
        {200: Answer("The sessions, newest first.", shapes.SessionList)},
        query={},
        problems=(UserNotFound,),
    ),
    "delete_sessions": Operation(
        SESSIONS,
        "Access tokens that were already issued work until they expire, at most 15 minutes. They cannot be renewed.",
        {204: Answer("The sessions have ended.", None, ("Set-Cookie",))},
        query=_INCLUDE,
        headers=(_KEY,),
        problems=(UserNotFound,),
    ),
    "delete_session": Operation(
        SESSIONS,
        "The access token of the session works until it expires, at most 15 minutes. It cannot be renewed.",
        {204: Answer("The session has ended.", None, ("Set-Cookie",))},
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
        "A user can have at most 500 tags. Names are unique, regardless of case and Unicode form.",
        {201: _created(Tag, "The new tag.")},
        body=tag_requests.CreateTag,
        headers=(_KEY,),
        problems=(TagAlreadyExists, UserNotFound),
    ),
    "get_tag": Operation(TAGS, "", {200: _shown(Tag, "The tag."), 304: _UNCHANGED}, headers=_READ),
    "update_tag": Operation(
        TAGS,
        "Fields that are not sent keep their values; null clears the colour. `PUT` and `PATCH` do the same. Tasks show the"
        " change at once.",
        {200: _shown(Tag, "The tag.")},
        body=tag_requests.UpdateTag,
        media_types=_PATCH,
        headers=_WRITE,
        problems=(TagAlreadyExists,),
    ),
    "delete_tag": Operation(
        TAGS,
        "Tasks with the tag are kept, without it.",
        {204: Answer("The tag is deleted.")},
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
        "Newest first, unless sorted otherwise. Filters can be combined. A filtered page may be short, or even empty, and"
        " still have a cursor: follow `next_cursor`, or the `Link` header, until there is none. Lists have no totals.\n\n"
        "Dates are in the user's time zone.",
        {200: Answer("A page of tasks.", shapes.TaskPage, ("Link",))},
        query={**task_query.RULES, **page_query.PAGE_RULES},
        problems=(InvalidCursor, UserNotFound),
    ),
    "change_tasks": Operation(
        TASKS,
        "Carries out up to 100 operations in order, each as its own endpoint would: if one is refused, the others are not"
        " affected. With an `Idempotency-Key`, a retry continues where the first request stopped.",
        {200: Answer("A result for each operation.", shapes.BulkResults)},
        body=bulk_requests.ChangeTasks,
        headers=(_KEY,),
    ),
    "list_trash": Operation(
        TRASH,
        "",
        {200: Answer("A page of deleted tasks, last deleted first.", shapes.TrashPage, ("Link",))},
        query=page_query.PAGE_RULES,
        problems=(InvalidCursor,),
    ),
    "empty_trash": Operation(
        TRASH,
        "Deletes as many tasks as it can within a few seconds. Send the request again as long as `more` is true.",
        {200: Answer("How many tasks were permanently deleted.", Emptied)},
        query={},
        headers=(_KEY,),
    ),
    "restore_task": Operation(
        TRASH,
        "The task returns to every list that it was in, with those of its tags that still exist.",
        {200: _shown(TaskAnswer, "The task.")},
        headers=_WRITE,
    ),
    "get_task": Operation(TASKS, "", {200: _shown(TaskAnswer, "The task."), 304: _UNCHANGED}, headers=_READ),
    "update_task": Operation(
        TASKS,
        "Fields that are not sent keep their values; null clears a field. `PUT` and `PATCH` do the same. To keep changes from"
        " another device, send the `ETag` of the edited version as `If-Match`.",
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
        "A body sets the state; a request without a body toggles it.",
        {200: _shown(TaskAnswer, "The task.")},
        body=task_requests.CompleteTask,
        media_types=_PATCH,
        body_required=False,
        headers=_WRITE,
    ),
    "link_tag": Operation(
        TASKS,
        "A task can have at most 20 tags.",
        {200: _shown(TaskAnswer, "The task, with the tag.")},
        headers=_WRITE,
        problems=(InvalidFields,),
    ),
    "unlink_tag": Operation(
        TASKS,
        "Succeeds even if the task does not have the tag.",
        {204: Answer("The task does not have the tag.")},
        headers=_WRITE,
    ),
    "get_health": Operation(SERVICE, "", {200: Answer("Both are available.", shapes.Health)}),
    "get_jwks": Operation(
        SERVICE,
        "For clients that verify access tokens themselves.",
        {200: Answer("The key set.", shapes.KeySet, ("Cache-Control",))},
        calls_aws=False,
    ),
    "get_front_page": _page("", "The page", "text/html", problems=()),
    "get_openapi": _page(
        "This document. Not available where the documentation is switched off.", "The document", JSON, shape=dict
    ),
    "get_docs": _page(
        "Swagger UI: read about every operation and try it. Not available where the documentation is switched off.",
        "The page",
        "text/html",
    ),
    "get_docs_file": _page(
        "The files of the page, and `errors`, which explains each error code.", "The file", *_FILE_TYPES
    ),
    "get_app": _page("The web app. Not available where it is switched off.", "The page", "text/html"),
    "get_app_file": _page("The files of the app. A path without a dot is one of its pages.", "The file", *_FILE_TYPES),
}


class Linked(NamedTuple):
    """Operations that can follow a response, and what they take from it, as OpenAPI's runtime expressions."""

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
Accounts, tasks and tags over HTTPS. Requests and responses are JSON in UTF-8.

**Try it:** register, then press *Authorize* and log in with your email address as the username. You can then call every
operation from this page.

- `{user_id}` is your own user id, or `me`.
- Updates are partial: fields that are not sent keep their values, null clears a field. Unknown fields and parameters are
  refused.
- Single items come with an `ETag`. Send it as `If-Match`, and an update is refused if the item has changed since.
- Writes with an `Idempotency-Key` can be retried until there is a response, and take effect once.
- Responses over 1 KB are gzipped for clients that accept it. Their `ETag` is different, and as valid in `If-Match`.
- Errors are problem details (RFC 9457) with a stable `code`; their `type` links to an explanation.
"""
