"""OpenAPI's links: which operations can follow the response of an operation, and what they take from it."""

from collections.abc import Mapping
from typing import Final, NamedTuple


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
