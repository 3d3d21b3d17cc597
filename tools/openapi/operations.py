"""The facts about an operation that openapi.json states, derived from its route and its function.

The docstring of the function's module describes the operation, `@endpoint` declares what it takes and returns, the
handler's docstring describes the successful response, and the handler's code tells which headers it reads and sends.
"""

import importlib
import re
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, NoneType
from typing import Any, Final, NamedTuple, cast, get_args

from lambdo.web.endpoint import FORM, JSON, MERGE_PATCH, Handler
from lambdo.web.static_files import MEDIA_TYPES, StaticFile
from tools.local.application import Route


class Answer(NamedTuple):
    """A successful response: the shape of its body, if it has one, and its headers, named as in the components."""

    description: str
    shape: type | None
    headers: tuple[str, ...]
    media_types: tuple[str, ...] = (JSON,)


class Operation(NamedTuple):
    """An operation.

    Parameters
    ----------
    folder, handler
        The function's folder, and its declarations.
    group
        The heading under which the documentation page lists it.
    answers
        Successful responses by status.
    body, media_types, body_required
        The request body.
    headers
        Request headers, by their names among the components.
    """

    route: Route
    folder: str
    handler: Handler
    group: str
    summary: str
    description: str
    answers: Mapping[int, Answer]
    body: type | None
    media_types: tuple[str, ...]
    body_required: bool
    headers: tuple[str, ...]


class Group(NamedTuple):
    """A heading of the documentation page, and the beginnings of its operations' paths; the longest match decides."""

    description: str
    beginnings: tuple[str, ...]


GROUPS: Final = {
    "Account": Group("Registration, password, email address and settings.", ("/api/auth",)),
    "Sessions": Group(
        "Logging in and out, and the devices that are logged in.",
        ("/api/auth/login", "/api/auth/logout", "/api/auth/refresh", "/api/auth/sessions"),
    ),
    "Tasks": Group("Create, find, change and complete tasks.", ("/api/{user_id}/tasks",)),
    "Trash": Group("Deleted tasks, kept for 30 days.", ("/api/{user_id}/tasks/trash",)),
    "Tags": Group("Labels for tasks.", ("/api/{user_id}/tags",)),
    "Service": Group("The health of the API, and its public keys.", ("/api/health", "/.well-known")),
    "Pages": Group("Pages for web browsers.", ("/",)),
}
FILE_VARIABLES: Final = ("{file}", "{path+}")
FILE_TYPES: Final = tuple(sorted({media_type.partition(";")[0] for media_type in MEDIA_TYPES.values()} - {JSON}))
PAGE_HEADERS: Final = (
    "ETag",
    "Cache-Control",
    "Content-Encoding",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "Vary",
)
# By the names that the code of a handler uses:
MEDIA_TYPES_READ: Final = {"MERGE_PATCH": MERGE_PATCH, "FORM": FORM}
HEADERS_READ: Final = {"once": "IdempotencyKey", "if_match": "IfMatch"}
HEADERS_SENT: Final = {"refresh_cookie": "Set-Cookie", "cache-control": "Cache-Control"}
# "Return 200 and the task, or 304.", "Return 204. The tag is deleted."
RETURNS: Final = re.compile(r"Return (2\d\d)(?: and|[.,]) (.+?)(?:, or \d{3}.*)?\.(?:\s|$)")


def read_operation(folder: str, route: Route) -> Operation:
    """Return the operation of a route that the function in this folder serves."""
    module = importlib.import_module(f"functions.{folder}.app")
    handler: Handler = module.handler
    names = set(_names(cast("FunctionType", handler.handle).__code__))
    summary, description = _described(module.__doc__ or "", route)
    answers = _answers(folder, route, handler, names)
    return Operation(
        route=route,
        folder=folder,
        handler=handler,
        group=_group(route.path),
        summary=summary,
        description=description,
        answers=answers,
        body=next((one for one in _alternatives(handler.body) if one is not NoneType), None),
        media_types=(JSON, *_named(MEDIA_TYPES_READ, names)),
        body_required=NoneType not in _alternatives(handler.body),
        headers=("IfNoneMatch",) if 304 in answers else _named(HEADERS_READ, names),
    )


def _group(path: str) -> str:
    """Return the group of a path; a resource without a group becomes a group with its name."""
    beginnings = {beginning: name for name, one in GROUPS.items() for beginning in one.beginnings}
    if resource := re.match(r"/api/(?:{user_id}/)?(\w+)", path):
        beginnings.setdefault(resource[0], resource[1].capitalize())
    return beginnings[max(filter(path.startswith, beginnings), key=len)]


def _described(docstring: str, route: Route) -> tuple[str, str]:
    """Return the summary, which follows the route in the first line, and the paragraphs below it.

    If a function serves a page and its files, the last paragraph describes the files.
    """
    first, *paragraphs = [" ".join(paragraph.split()) for paragraph in docstring.split("\n\n")]
    routes, _, summary = first.partition(" - ")
    if any(variable in routes for variable in FILE_VARIABLES):
        paragraphs = paragraphs[-1:] if route.path.endswith(FILE_VARIABLES) else paragraphs[:-1]
    return summary[0].upper() + summary[1:].removesuffix("."), "\n\n".join(paragraphs)


def _answers(folder: str, route: Route, handler: Handler, names: set[str]) -> dict[int, Answer]:
    """Return the successful responses, and 304 if clients can send If-None-Match."""
    returns = RETURNS.match(" ".join((handler.handle.__doc__ or "").split()))
    if returns is None:
        raise ValueError(f'The docstring of the handler in {folder} should begin like "Return 200 and the task."')
    status, description = int(returns[1]), f"{returns[2][0].upper()}{returns[2][1:]}."
    if handler.returns is StaticFile:
        shape, media_types = _of_file(route.path)
        answer = Answer(description, shape, PAGE_HEADERS, media_types)
    else:
        answer = Answer(description, handler.returns, tuple(_headers_sent(status, handler.returns, names)))
    if route.method != "GET" or "ETag" not in answer.headers:
        return {status: answer}
    headers = PAGE_HEADERS if handler.returns is StaticFile else ("ETag",)
    unchanged = Answer("Not modified: `If-None-Match` matches the current entity tag.", None, headers)
    return {status: answer, 304: unchanged}


def _of_file(path: str) -> tuple[type, tuple[str, ...]]:
    """Return the shape and the media types of the file or files at a path."""
    if path.endswith(".json"):
        return dict, (JSON,)
    return str, FILE_TYPES if path.endswith(FILE_VARIABLES) else ("text/html",)


def _headers_sent(status: int, shape: type | None, names: set[str]) -> Iterator[str]:
    members = getattr(shape, "__annotations__", {})
    if "version" in members:
        yield "ETag"
    if status == 201:
        yield "Location"
    if "next_cursor" in members:
        yield "Link"
    yield from _named(HEADERS_SENT, names)


def _alternatives(body: Any) -> tuple[Any, ...]:
    """Return the types in a declaration like `Model | None`."""
    return get_args(body) or (body,)


def _named(meanings: Mapping[str, str], names: set[str]) -> tuple[str, ...]:
    return tuple(meaning for name, meaning in meanings.items() if name in names)


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names and strings in the code and in its inner functions."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
        elif isinstance(constant, str):
            yield constant
