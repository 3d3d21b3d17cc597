"""All that one user owns, in the shapes of the API: no hashes, no keys, nothing internal.

It calls the store, so the table and its endpoint must be set before this is imported.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lambdo import times
from lambdo.models.account_fields import Email
from lambdo.models.user import User
from lambdo.services.tagging import show_task
from lambdo.store import keys, table, tags, tasks, users
from lambdo.store.wire import Item


def find_user(who: str) -> User | None:
    """Return the user of an id or an e-mail address, or None."""
    if "@" not in who:
        return users.get(who)
    try:
        credential = users.get_credential(TypeAdapter(Email).validate_python(who))
    except ValidationError:
        return None
    return credential["user"] if credential else None


def collect(user: User) -> dict[str, Any]:
    """Return profile, sessions, tags and tasks, oldest first, read strongly."""
    pk = keys.user(user["id"])
    its_tags = tags.query(user["id"])
    return {
        "user": user,
        "sessions": [_session(item) for item in table.query_all(pk, keys.starting_with(keys.SESSIONS))],
        "tags": its_tags,
        "tasks": [
            show_task(tasks.from_item(item), its_tags) for item in table.query_all(pk, keys.starting_with(keys.TASKS))
        ],
    }


def _session(item: Item) -> dict[str, Any]:
    return {
        "id": keys.id_of(item["sk"]),
        "user_agent": item.get("user_agent"),
        "created_at": item["created_at"],
        "last_used_at": _time(item["rotated_at"]) if "rotated_at" in item else item["created_at"],
        "expires_at": _time(item["expires_at"]),
    }


def _time(seconds: int) -> str:
    return times.rfc3339(datetime.fromtimestamp(seconds, UTC))
