"""All that one user owns, in the shapes of the API: no hashes, no keys, nothing internal.

It calls the store, so set the table and its endpoint before importing this.
"""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from lambdo.accounts.requests import Email
from lambdo.sessions import service as sessions
from lambdo.table import calls as table
from lambdo.table import keys
from lambdo.tags import store as tags
from lambdo.tasks import store as tasks
from lambdo.tasks import trash_store as trash
from lambdo.tasks.tagging import show_task
from lambdo.tasks.trash import show_trashed
from lambdo.users import store as users
from lambdo.users.models import User


def find_user(name: str) -> User | None:
    """Return the user with this id or email address, or None."""
    if "@" not in name:
        return users.get(name)
    try:
        credential = users.get_credential(TypeAdapter(Email).validate_python(name))
    except ValidationError:
        return None
    return credential["user"] if credential else None


def collect(user: User) -> dict[str, Any]:
    """Return the profile, live sessions, tags, tasks and trash."""
    pk = keys.user(user["id"])
    its_tags = tags.query(user["id"])
    return {
        "user": user,
        "sessions": [
            {name: value for name, value in session.items() if name != "current"}
            for session in sessions.list_sessions(user["id"], current_id="")
        ],
        "tags": its_tags,
        "tasks": [
            show_task(tasks.from_item(item), its_tags) for item in table.query_all(pk, keys.starting_with(keys.TASKS))
        ],
        "trash": [
            show_trashed(trash.from_item(item), its_tags)
            for item in table.query_all(pk, keys.starting_with(keys.TRASH))
        ],
    }
