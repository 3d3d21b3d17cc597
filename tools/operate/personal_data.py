"""All that one user owns, in the shapes of the API: no hashes, no keys, nothing internal.

It calls the store, so the table and its endpoint must be set before this is imported.
"""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from lambdo.models.account_fields import Email
from lambdo.models.user import User
from lambdo.services import sessions
from lambdo.services.tagging import show_task
from lambdo.services.trash import show_trashed
from lambdo.store import keys, table, tags, tasks, trash, users


def find_user(who: str) -> User | None:
    """Return the user with an id or an email address, or None."""
    if "@" not in who:
        return users.get(who)
    try:
        credential = users.get_credential(TypeAdapter(Email).validate_python(who))
    except ValidationError:
        return None
    return credential["user"] if credential else None


def collect(user: User) -> dict[str, Any]:
    """Return profile, living sessions, tags, tasks and trash."""
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
