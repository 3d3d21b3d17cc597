"""Parameters of the task list. No pydantic: lists are the hottest read, and these rules are few."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Self

from lambdo.problems import InvalidFields

PARAMETERS: Final = ("status", "limit", "cursor")
MAX_LIMIT: Final = 100
_DEFAULT_LIMIT: Final = "20"
_COMPLETED: Final = {None: None, "open": False, "done": True}


class TaskQuery(NamedTuple):
    """Which tasks, how many, and from where on."""

    completed: bool | None
    limit: int
    cursor: str | None

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> Self:
        """Read the query parameters; raises InvalidFields naming each that breaks its rule."""
        errors = []
        status, limit = parameters.get("status"), parameters.get("limit", _DEFAULT_LIMIT)
        if status not in _COMPLETED:
            errors.append({"loc": ["query", "status"], "msg": "Should be open or done", "type": "enum"})
        if not (re.fullmatch(r"[0-9]{1,3}", limit) and 1 <= int(limit) <= MAX_LIMIT):
            errors.append({"loc": ["query", "limit"], "msg": "Should be a number from 1 to 100", "type": "range"})
        if errors:
            raise InvalidFields(errors=errors)
        return cls(_COMPLETED[status], int(limit), parameters.get("cursor"))

    def scope(self, user_id: str) -> list[str]:
        """Return what a cursor of this list is bound to: user, list, filters and order, but not the page size."""
        return [user_id, "tasks", {None: "", False: "open", True: "done"}[self.completed], "-created_at"]
